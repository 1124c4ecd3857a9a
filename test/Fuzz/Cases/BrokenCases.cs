using Gateway.Testing.Fuzzing.Requests;

namespace Gateway.Fuzz.Cases;

/// <summary>What a server reads before there is a request.</summary>
internal static class BrokenCases
{
    public static FuzzCase Create(FuzzRandom random, string id, InferenceDraft drafts)
    {
        var good = drafts.Good(random, id, CaseFamily.Broken);
        var inner = drafts.Good(random, BrokenRequests.Smuggled + id, CaseFamily.Broken);
        var (bytes, expectation) = BrokenRequests.Create(random, good.Request, inner.Request);
        return good with { Request = bytes, Expectation = expectation, Body = null, Operation = null, Leaves = random.OneIn(6) };
    }
}
