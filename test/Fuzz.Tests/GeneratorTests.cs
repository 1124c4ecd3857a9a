using System.Text.Json;
using Gateway.Fuzz.Cases;
using Gateway.Fuzz.Oracles;
using Gateway.Fuzz.World;
using Gateway.Testing.Fuzzing.Bodies;
using Gateway.Testing.Fuzzing.Upstreams;

namespace Gateway.Fuzz;

public sealed class GeneratorTests
{
    private static readonly FuzzCredentials Credentials =
        new("gw-" + new string('a', 46), "gw-" + new string('b', 46), "gw-" + new string('c', 46), [$"{new string('x', 40)}.{new string('y', 200)}.{new string('z', 342)}"], [1, 2, 3]);

    private static readonly FuzzSecrets Secrets = new("admin-key", "127.0.0.1:9");

    [Fact]
    public void A_case_follows_from_seed_and_number_alone()
    {
        var one = Cases(new CaseFactory(7, Credentials, Secrets), Enumerable.Range(1, 300));
        var other = Cases(new CaseFactory(7, Credentials, Secrets), Enumerable.Range(1, 300).Reverse());

        other.Reverse();
        other.Should().BeEquivalentTo(one, options => options.WithStrictOrdering());
    }

    [Fact]
    public void Another_seed_gives_other_cases() =>
        Cases(new CaseFactory(7, Credentials, Secrets), [1, 2, 3]).Should().NotBeEquivalentTo(Cases(new CaseFactory(8, Credentials, Secrets), [1, 2, 3]));

    [Fact]
    public void A_body_that_is_said_to_be_good_is_json_with_one_model()
    {
        for (var number = 0; number < 3_000; number++)
        {
            var random = new FuzzRandom(1, number);
            var (body, expectation) = BodyMutations.Apply(random, RequestBodies.Create(random, FuzzOperation.Chat, "plain-0", stream: false), FuzzOperation.Chat, "forbidden", modelInPath: false);
            if (expectation is Expectation.Accepted)
            {
                using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
                ExpectedBody.Model(body).Should().Be("plain-0");
            }
        }
    }

    [Fact]
    public void A_stream_that_is_cut_has_no_sign_of_completeness_outside_of_its_texts()
    {
        for (var number = 0; number < 2_000; number++)
        {
            var script = StreamScripts.Cut(new FuzzRandom(2, number), number % 2 == 0 ? FuzzOperation.Chat : FuzzOperation.Responses);
            var lines = System.Text.Encoding.UTF8.GetString(script.Payload).Split('\r', '\n');

            lines.Should().NotContain(line => line.StartsWith("data: [DONE]", StringComparison.Ordinal) || line.StartsWith("data:[DONE]", StringComparison.Ordinal));
            lines.Should().NotContain(line => line.StartsWith("event: response.completed", StringComparison.Ordinal));
        }
    }

    private static List<(string Request, string Answers)> Cases(CaseFactory factory, IEnumerable<int> numbers)
    {
        var made = new List<(string, string)>();
        foreach (var number in numbers)
        {
            var random = factory.RandomOf(number);
            var family = CaseFactory.FamilyOf(random);
            var subject = family is CaseFamily.Manifest ? null : factory.Create(number, random, family);
            made.Add((Convert.ToHexString(subject?.Request ?? []), string.Join(' ', subject?.Scripts.SelectMany(script => script.Writes).Select(Convert.ToHexString) ?? [])));
        }

        return made;
    }
}
