using Gateway.Fuzz.World;
using Gateway.Testing.Fuzzing.Bodies;
using Gateway.Testing.Fuzzing.Credentials;
using Gateway.Testing.Fuzzing.Requests;
using Gateway.Testing.Fuzzing.Upstreams;

namespace Gateway.Fuzz.Cases;

/// <summary>Inference requests of which one part is fuzzed and the rest is good.</summary>
internal sealed class InferenceDraft(FuzzCredentials credentials, FuzzSecrets secrets)
{
    public FuzzCase WithMutatedBody(FuzzRandom random, string id)
    {
        var (operation, model, inPath) = Target(random, FuzzModels.Plain);
        var draft = RequestBodies.Create(random, operation, inPath ? random.Pick(null, model, "other") : model, stream: false);
        var (body, expectation) = random.Percent(30)
            ? (draft.ToBytes(random), Expectation.Accepted)
            : BodyMutations.Apply(random, draft, operation, FuzzModels.Forbidden, inPath);
        return Case(random, id, CaseFamily.Body, operation, inPath ? model : null, body, null, expectation) with { Scripts = [UnaryScripts.Good(random, operation)] };
    }

    public FuzzCase WithScript(FuzzRandom random, string id)
    {
        var kind = random.Below(1_000);
        var models = kind switch { < 2 => FuzzModels.Silent, < 120 => FuzzModels.Cooling, < 350 => FuzzModels.Pairs, _ => FuzzModels.Plain };
        var (operation, model, inPath) = Target(random, models);
        var stream = operation != FuzzOperation.Embeddings && random.Percent(60);
        var body = RequestBodies.Create(random, operation, inPath ? null : model, stream).ToBytes(random);
        var scripts = Enumerable.Range(0, models == FuzzModels.Pairs ? 3 : 1)
            .Select(_ => kind < 2 ? TransportScripts.Silence(random) : Script(random, operation, stream, mayCool: models == FuzzModels.Cooling)).ToList();
        return Case(random, id, CaseFamily.Answer, operation, inPath ? model : null, body, null, Expectation.Accepted) with
        {
            Scripts = scripts,
            MayBeCooling = models == FuzzModels.Cooling,
            Leaves = random.OneIn(60),
        };
    }

    public FuzzCase WithCredential(FuzzRandom random, string id)
    {
        var operation = Operation(random);
        var model = FuzzModels.Plain[random.Below(FuzzModels.Plain.Length)];
        var (header, expectation) = random.Below(10) switch
        {
            0 => (CredentialHeaders.Good(random, credentials.Tokens[random.Below(credentials.Tokens.Length)]), Expectation.Accepted),
            1 => (CredentialHeaders.Good(random, IntrospectionDouble.GoodToken + random.Below(200)), Expectation.Unknown),
            2 => (CredentialHeaders.Good(random, IntrospectionDouble.OddToken + random.Below(2_000)), Expectation.Refused),
            3 => (CredentialHeaders.Good(random, credentials.NarrowKey), model == FuzzCredentials.NarrowModel ? Expectation.Accepted : Expectation.Refused),
            4 => (CredentialHeaders.Good(random, credentials.RevokedKey), Expectation.Refused),
            5 => (CredentialHeaders.Bad(random, credentials.Key), Expectation.Refused),
            6 or 7 => (CredentialHeaders.Good(random, JwtShapes.Bad(random, credentials.Tokens[random.Below(credentials.Tokens.Length)], credentials.PublicKey)), Expectation.Refused),
            8 => (CredentialHeaders.Good(random, KeyShapes.Bad(random, credentials.Key)), Expectation.Refused),
            _ => (CredentialHeaders.Good(random, random.Text(random.Between(1, 200), "abcXYZ019-._~+/=\"\\!@ü€\u00a0")), Expectation.Refused),
        };
        var body = RequestBodies.Create(random, operation, model, stream: false).ToBytes(random);
        return Case(random, id, CaseFamily.Credential, operation, null, body, header, expectation) with
        {
            Scripts = [UnaryScripts.Good(random, operation)],
            IdentityMayFail = true,
        };
    }

    public FuzzCase WithHeaders(FuzzRandom random, string id)
    {
        var operation = Operation(random);
        var body = RequestBodies.Create(random, operation, Model(random), stream: false).ToBytes(random);
        var (lines, expectation) = ExtraHeaders.Create(random);
        return Case(random, id, CaseFamily.Header, operation, null, body, CredentialHeaders.Good(random, credentials.Key) + lines, expectation) with
        {
            Scripts = [UnaryScripts.Good(random, operation)],
        };
    }

    /// <summary>Nothing about it is wrong.</summary>
    public FuzzCase Good(FuzzRandom random, string id, CaseFamily family)
    {
        var operation = Operation(random);
        var body = RequestBodies.Create(random, operation, Model(random), stream: false).ToBytes(random);
        return Case(random, id, family, operation, null, body, null, Expectation.Accepted) with { Scripts = [UnaryScripts.Good(random, operation)] };
    }

    public static FuzzOperation Operation(FuzzRandom random) =>
        random.Pick(FuzzOperation.Chat, FuzzOperation.Chat, FuzzOperation.Completions, FuzzOperation.Embeddings, FuzzOperation.Responses);

    private static string Model(FuzzRandom random) => FuzzModels.Plain[random.Below(FuzzModels.Plain.Length)];

    private static (FuzzOperation Operation, string Model, bool InPath) Target(FuzzRandom random, string[] models) =>
        (Operation(random), models[random.Below(models.Length)], random.OneIn(8));

    /// <param name="headers">Null: a good credential and nothing else.</param>
    private FuzzCase Case(FuzzRandom random, string id, CaseFamily family, FuzzOperation operation, string? pathModel, byte[] body, string? headers, Expectation expectation) => new()
    {
        Id = id,
        Family = family,
        Request = RequestText.Create("POST", InferencePaths.Good(random, operation, pathModel), id, headers ?? CredentialHeaders.Good(random, credentials.Key), body, random),
        Expectation = body.Length == 0 ? Expectation.Refused : expectation,
        Body = body,
        Operation = operation,
        PathModel = pathModel,
    };

    private UpstreamScript Script(FuzzRandom random, FuzzOperation operation, bool stream, bool mayCool)
    {
        var secret = random.Percent(50) ? FuzzSecrets.ProviderKey : random.OneIn(2) ? secrets.UpstreamAddress : "nothing";
        if (mayCool && random.Percent(50))
        {
            return UnaryScripts.Cooling(random, secret);
        }

        if (!stream)
        {
            return random.Below(10) switch
            {
                0 or 1 => UnaryScripts.Good(random, operation),
                2 or 3 => UnaryScripts.Rejection(random, secret),
                4 => UnaryScripts.Failure(random, secret),
                5 => UnaryScripts.ErrorInSuccess(random, secret),
                6 => UnaryScripts.Cut(random, operation),
                7 => UnaryScripts.Bodiless(random),
                8 => UnaryScripts.Odd(random, operation),
                _ => TransportScripts.Create(random),
            };
        }

        return random.Below(12) switch
        {
            < 4 => StreamScripts.Whole(random, operation),
            4 or 5 => StreamScripts.Cut(random, operation),
            6 => StreamScripts.Error(random, operation, secret),
            7 or 8 => StreamScripts.Odd(random, operation),
            9 => random.OneIn(2) ? UnaryScripts.Good(random, operation) : UnaryScripts.Odd(random, operation),
            10 => random.Pick(UnaryScripts.Rejection(random, secret), UnaryScripts.Failure(random, secret), UnaryScripts.ErrorInSuccess(random, secret), UnaryScripts.Bodiless(random)),
            _ => TransportScripts.Create(random),
        };
    }
}
