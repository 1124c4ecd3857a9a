namespace Gateway.Runtime.Tests.Contract;

/// <summary>Types with genuine names and one thing each that Orleans does not have.</summary>
public static class Samples
{
    public interface IGrain
    {
        void Invented();
    }

    public interface IGrainTimer
    {
        void Change(TimeSpan due, TimeSpan period = default);
    }

    public sealed class Extra;

    public sealed class GrainType;

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class OneWayAttribute : Attribute;
}
