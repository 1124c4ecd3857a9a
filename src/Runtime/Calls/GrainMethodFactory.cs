namespace Orleans.Runtime.Calls;

/// <summary>Makes the <see cref="GrainMethod"/> that fits a method's return type.</summary>
internal static class GrainMethodFactory
{
    public static GrainMethod Create(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(Task))
        {
            return new GrainMethod<Nothing>(method, static returned => Await((Task)returned), static response => response);
        }

        if (type == typeof(ValueTask))
        {
            return new GrainMethod<Nothing>(method, static returned => Await(((ValueTask)returned).AsTask()), static response => new ValueTask(response));
        }

        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var factory = generic == typeof(Task<>) ? nameof(OfTask) : generic == typeof(ValueTask<>) ? nameof(OfValueTask) : null;
        if (factory is null)
        {
            throw new OrleansConfigurationException(
                $"{method.DeclaringType}.{method.Name} returns {type}; a grain method returns Task, Task<T>, ValueTask or ValueTask<T>.");
        }

        return (GrainMethod)typeof(GrainMethodFactory).GetMethod(factory, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type.GetGenericArguments())
            .Invoke(null, [method])!;
    }

    private static GrainMethod<T> OfTask<T>(MethodInfo method) =>
        new(method, static returned => new ValueTask<T>((Task<T>)returned), static response => response);

    private static GrainMethod<T> OfValueTask<T>(MethodInfo method) =>
        new(method, static returned => (ValueTask<T>)returned, static response => new ValueTask<T>(response));

    private static ValueTask<Nothing> Await(Task task)
    {
        return task.IsCompletedSuccessfully ? default : Slow(task);

        static async ValueTask<Nothing> Slow(Task task)
        {
            await task;
            return default;
        }
    }
}
