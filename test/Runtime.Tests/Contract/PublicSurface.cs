using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Gateway.Runtime.Tests.Contract;

/// <summary>
/// The public surface of an assembly as text, one line per fact, read from metadata alone: nothing is loaded or resolved, so that an
/// assembly whose own references are missing can be read as well.
/// </summary>
internal static class PublicSurface
{
    private static readonly SignatureNames Names = new();

    /// <summary>Full type name (with arity) to its lines.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Read(string assemblyPath)
    {
        using var file = File.OpenRead(assemblyPath);
        using var portable = new PEReader(file);
        var reader = portable.GetMetadataReader();
        var surface = new SortedDictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (var handle in reader.TypeDefinitions)
        {
            if (IsVisible(reader, handle))
            {
                surface[SignatureNames.NameOf(reader, handle)] = LinesOf(reader, reader.GetTypeDefinition(handle));
            }
        }

        return surface;
    }

    private static bool IsVisible(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(reader, type.GetDeclaringType()),
            _ => false,
        };
    }

    private static SortedSet<string> LinesOf(MetadataReader reader, TypeDefinition type)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal) { KindOf(reader, type) };
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            lines.Add("implements " + Names.NameOf(reader, reader.GetInterfaceImplementation(implemented).Interface));
        }

        foreach (var field in type.GetFields().Select(reader.GetFieldDefinition))
        {
            if ((field.Attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family
                && !field.Attributes.HasFlag(FieldAttributes.SpecialName))
            {
                lines.Add($"field {field.DecodeSignature(Names, null)} {reader.GetString(field.Name)}{Default(reader, field.GetDefaultValue())}");
            }
        }

        foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition))
        {
            if ((method.Attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem)
            {
                lines.Add(MethodLine(reader, method, type.Attributes.HasFlag(TypeAttributes.Interface)));
            }
        }

        var usage = type.GetCustomAttributes().Select(reader.GetCustomAttribute).Where(attribute => IsAttributeUsage(reader, attribute));
        lines.UnionWith(usage.Select(attribute => "usage " + Convert.ToHexString(reader.GetBlobBytes(attribute.Value))));
        return lines;
    }

    private static string KindOf(MetadataReader reader, TypeDefinition type)
    {
        var parts = new List<string>();
        var baseType = type.BaseType.IsNil ? "none" : Names.NameOf(reader, type.BaseType);
        if (type.Attributes.HasFlag(TypeAttributes.Interface))
        {
            parts.Add("interface");
        }
        else
        {
            if (type.Attributes.HasFlag(TypeAttributes.Abstract))
            {
                parts.Add("abstract");
            }

            if (type.Attributes.HasFlag(TypeAttributes.Sealed))
            {
                parts.Add("sealed");
            }

            parts.Add("type : " + baseType);
        }

        return string.Join(' ', parts);
    }

    private static string MethodLine(MetadataReader reader, MethodDefinition method, bool ofInterface)
    {
        var signature = method.DecodeSignature(Names, null);
        var declared = method.GetParameters().Select(reader.GetParameter).Where(parameter => parameter.SequenceNumber > 0)
            .ToDictionary(parameter => parameter.SequenceNumber - 1);
        var parameters = signature.ParameterTypes.Select((type, index) => declared.TryGetValue(index, out var parameter)
            ? $"{type} {reader.GetString(parameter.Name)}{Default(reader, parameter.GetDefaultValue())}"
            : type);
        var access = (method.Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Public ? "public" : "protected";
        var generic = signature.GenericParameterCount == 0 ? "" : "`" + signature.GenericParameterCount.ToString(CultureInfo.InvariantCulture);
        var overridable = !ofInterface && method.Attributes.HasFlag(MethodAttributes.Virtual) && !method.Attributes.HasFlag(MethodAttributes.Final);
        var scope = method.Attributes.HasFlag(MethodAttributes.Static) ? " static" : overridable ? " virtual" : "";
        return $"{access}{scope} {signature.ReturnType} {reader.GetString(method.Name)}{generic}({string.Join(", ", parameters)})";
    }

    private static string Default(MetadataReader reader, ConstantHandle handle)
    {
        if (handle.IsNil)
        {
            return "";
        }

        var constant = reader.GetConstant(handle);
        var value = reader.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode);
        return " = " + (value is null ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture));
    }

    private static bool IsAttributeUsage(MetadataReader reader, CustomAttribute attribute) => attribute.Constructor.Kind == HandleKind.MemberReference
        && Names.NameOf(reader, reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent) == "System.AttributeUsageAttribute";
}
