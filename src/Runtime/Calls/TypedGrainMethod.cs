using System.Text.Json.Serialization.Metadata;

namespace Orleans.Runtime.Calls;

/// <summary>A method and the two conversions that its kind of return type needs.</summary>
internal sealed class GrainMethod<TResult>(MethodInfo method, Func<object, ValueTask<TResult>> fromGrain, Func<Task<TResult>, object> toCaller)
    : GrainMethod(method)
{
    private readonly Task<TResult> _sent = Task.FromResult<TResult>(default!);

    private readonly Lazy<JsonTypeInfo<TResult>> _resultType = new(WireJson.TypeInfo<TResult>);

    public JsonTypeInfo<TResult> ResultType => _resultType.Value;

    public override object Call(GrainCaller caller, GrainId target, object?[] arguments)
    {
        var token = TokenIndex < 0 ? default : (CancellationToken)arguments[TokenIndex]!;
        if (token.IsCancellationRequested)
        {
            return toCaller(Task.FromCanceled<TResult>(token));
        }

        var call = new GrainCall<TResult>(caller, target, this, arguments, timeout: null, token);
        call.Send();
        return toCaller(IsOneWay ? _sent : call.Response);
    }

    public override GrainCall Receive(GrainCaller caller, GrainId target, object?[] arguments, TimeSpan timeout, CancellationToken callerToken) =>
        new GrainCall<TResult>(caller, target, this, arguments, timeout, callerToken);

    public ValueTask<TResult> InvokeAsync(object grain, object?[] arguments)
    {
        var returned = Invoker.Invoke(grain, arguments.AsSpan())
            ?? throw new InvalidOperationException($"{this} of {grain.GetType()} returned null instead of a task.");
        return fromGrain(returned);
    }
}
