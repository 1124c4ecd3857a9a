namespace Orleans.Runtime.Registration;

/// <summary>
/// What a grain interface must keep to so that calls in one process can pass values without a copy: its messages are immutable. The
/// engine's own interfaces are exempt: they keep the shapes of Orleans.
/// </summary>
internal static class GrainInterfaceRules
{
    public static void Check(Type grainInterface)
    {
        if (grainInterface.Assembly == typeof(IGrain).Assembly)
        {
            return;
        }

        foreach (var method in GrainInterface.MethodsOf(grainInterface))
        {
            Require(!method.IsSpecialName, method, "is a property or event; a grain interface has methods only");
            Require(!method.IsGenericMethod, method, "is generic; calls carry no type arguments");
            var parameters = method.GetParameters();
            Require(parameters.SkipLast(1).All(parameter => parameter.ParameterType != typeof(CancellationToken)), method, "has a CancellationToken that is not its last parameter");
            foreach (var parameter in parameters)
            {
                Require(!parameter.ParameterType.IsByRef, method, $"passes {parameter.Name} by reference");
                Require(parameter.IsDefined(typeof(ImmutableAttribute)) || MessageTypes.IsImmutable(parameter.ParameterType), method, $"takes {parameter.ParameterType}, which is not immutable: mark it [Immutable] or use an immutable type");
            }

            var result = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : typeof(void);
            Require(method.ReturnParameter.IsDefined(typeof(ImmutableAttribute)) || MessageTypes.IsImmutable(result), method, $"returns {result}, which is not immutable: mark it [Immutable] or use an immutable type");
        }
    }

    private static void Require(bool kept, MethodInfo method, string problem)
    {
        if (!kept)
        {
            throw new OrleansConfigurationException($"{method.DeclaringType}.{method.Name} {problem}.");
        }
    }
}
