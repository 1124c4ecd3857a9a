using Gateway.Api.Tests.Authentication;

namespace Gateway.Api.Tests.Management.Keys;

public sealed class KeyListingTests
{
    [Fact]
    public async Task Pages_cover_every_key_once_in_order_of_creation_and_hold_no_secret()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = new List<Answer>();
        for (var i = 0; i < 5; i++)
        {
            created.Add(await client.PostAsync($$"""{"name":"k{{i}}"}"""));
            host.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        var seen = new List<string>();
        var cursor = "";
        for (var page = 0; page < 3; page++)
        {
            var answer = await client.GetAsync($"/admin/keys?limit=2&cursor={cursor}");
            seen.AddRange(answer.Json["data"]!.AsArray().Select(key => (string)key!["id"]!));
            created.Should().NotContain(key => answer.Text.Contains(key.Key) || answer.Text.Contains("hash") || answer.Text.Contains("seal"));
            ((bool)answer.Json["has_more"]!).Should().Be(page < 2);
            cursor = (string?)answer.Json["cursor"];
        }

        seen.Should().Equal(created.Select(key => key.Id));
        cursor.Should().BeNull();
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("cursor=%00", "cursor")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("cursor=00000000000000000000000000000000000000000000000000000000000000000", "cursor")]
    public async Task A_wrong_page_is_refused_by_name(string query, string parameter)
    {
        await using var host = await IdentityHost.StartAsync();

        var answer = await new KeyClient(host).GetAsync("/admin/keys?" + query);

        answer.Status.Should().Be(400);
        answer.Param.Should().Be(parameter);
    }

    [Fact]
    public async Task The_state_of_a_key_is_shown()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var expired = await client.PostAsync("""{"name":"e","expires_at":"2030-01-01T00:00:01Z"}""");
        var revoked = await client.PostAsync("""{"name":"r"}""");
        var forged = await client.PostAsync("""{"name":"f"}""");
        await client.DeleteAsync(revoked.Id);
        await host.ExecuteAsync("UPDATE api_keys SET role = 'admin' WHERE id = @Id", new { forged.Id });
        host.Time.Advance(TimeSpan.FromSeconds(1));

        (await StatusAsync(expired)).Should().Be("expired");
        (await StatusAsync(revoked)).Should().Be("revoked");
        (await StatusAsync(forged)).Should().Be("forged");

        async Task<string> StatusAsync(Answer key) => (string)(await client.GetAsync("/admin/keys/" + key.Id)).Json["status"]!;
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("..%2f..%2fetc")]
    [InlineData("%27%20OR%201%3D1--")]
    public async Task An_unknown_id_is_404(string id)
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);

        (await client.GetAsync("/admin/keys/" + id)).Code.Should().Be("key_not_found");
        (await client.PatchAsync(id, "{}")).Status.Should().Be(404);
        (await client.DeleteAsync(id)).Status.Should().Be(404);
    }
}
