using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Gateway.Grains.Tests.Support;

/// <summary>Runs a property over seeded cases, so that a failure is the same again.</summary>
internal static class Properties
{
    public static void Check<T>(Gen<T> cases, Action<T> property, int count = 300)
    {
        var replay = new Replay(new Rnd(20_261_122, 97), FSharpOption<int>.None);
        var config = Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(FSharpOption<Replay>.Some(replay));
        FsCheck.Fluent.Prop.ForAll(cases.ToArbitrary(), property).Check(config);
    }
}
