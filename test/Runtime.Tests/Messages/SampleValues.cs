using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Gateway.Runtime.Tests.Messages;

/// <summary>Makes a value of any message type in which nothing is left at its default.</summary>
internal static class SampleValues
{
    public static object Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? Enum.GetValues(type).Cast<object>().Last() : Plain(type) ?? Collection(type) ?? Record(type);
    }

    private static object? Plain(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => "text \u00e9\ud83d\ude80 \"quoted\"",
        TypeCode.Boolean => true,
        TypeCode.Char => 'x',
        TypeCode.DateTime => new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc),
        TypeCode.Object => type == typeof(Guid) ? new Guid("b7a3d8f5-6f3f-4f0e-9a54-6b8a4f1f2c11")
            : type == typeof(TimeSpan) ? TimeSpan.FromMilliseconds(1234.5)
            : type == typeof(DateTimeOffset) ? new DateTimeOffset(2026, 2, 3, 4, 5, 6, 789, TimeSpan.Zero)
            : type == typeof(DateOnly) ? new DateOnly(2026, 2, 3)
            : type == typeof(TimeOnly) ? new TimeOnly(4, 5, 6)
            : type == typeof(Uri) ? new Uri("https://example.test/path?query=1")
            : type == typeof(Version) ? new Version(1, 2, 3)
            : null,
        var number => Convert.ChangeType(42, number, System.Globalization.CultureInfo.InvariantCulture),
    };

    // Every collection of the rules can be read from the JSON of a list or of a dictionary.
    private static object? Collection(Type type)
    {
        if (!type.IsGenericType || !typeof(IEnumerable).IsAssignableFrom(type))
        {
            return null;
        }

        var elements = type.GetGenericArguments();
        var plain = elements.Length == 2
            ? Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(elements))!
            : Activator.CreateInstance(typeof(List<>).MakeGenericType(elements))!;
        plain.GetType().GetMethod("Add", elements)!.Invoke(plain, [.. elements.Select(Of)]);
        return System.Text.Json.JsonSerializer.Deserialize(System.Text.Json.JsonSerializer.Serialize(plain), type);
    }

    private static object Record(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length).FirstOrDefault();
        var value = constructor?.Invoke([.. constructor.GetParameters().Select(parameter => Of(parameter.ParameterType))])
            ?? RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.SetMethod is not null))
        {
            property.SetValue(value, Of(property.PropertyType));
        }

        return value;
    }
}
