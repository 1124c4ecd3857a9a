using System.Net;
using System.Net.Http.Headers;
using Gateway.Api.Routing;

namespace Gateway.Api.Forwarding.Upstream;

/// <summary>Builds what an upstream gets: a fixed few of the caller's headers, the entry's own, and the body.</summary>
internal static class UpstreamRequest
{
    private const string Json = "application/json";
    private const string Utf8Json = "application/json; charset=utf-8";

    public static HttpRequestMessage Create(IHeaderDictionary caller, RouteCandidate candidate, Uri address, HttpContent content)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = content,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        var own = candidate.Target.Headers;
        content.Headers.TryAddWithoutValidation("Content-Type", JsonContentType(caller.ContentType));
        foreach (var name in CallerHeaders.PassedOn)
        {
            Copy(caller, name, own, message.Headers);
        }

        foreach (var name in candidate.Entry.ForwardHeaders)
        {
            if (CallerHeaders.MayForward(name))
            {
                Copy(caller, name, own, message.Headers);
            }
        }

        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        foreach (var (name, value) in own)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    /// <summary>The body was read as JSON in UTF-8: upstreams refuse what curl calls it by default, and none may read it in another charset behind us.</summary>
    private static string JsonContentType(string? given) => Utf8Json.Equals(given, StringComparison.OrdinalIgnoreCase) ? Utf8Json : Json;

    private static void Copy(IHeaderDictionary caller, string name, KeyValuePair<string, string>[] own, HttpRequestHeaders headers)
    {
        if (!caller.TryGetValue(name, out var values) || values.Count == 0 || IsOwn(own, name) || headers.NonValidated.Contains(name) || !CallerHeaders.IsSendable(values))
        {
            return;
        }

        if (values.Count == 1)
        {
            headers.TryAddWithoutValidation(name, values[0]);
        }
        else
        {
            headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    private static bool IsOwn(KeyValuePair<string, string>[] own, string name)
    {
        foreach (var header in own)
        {
            if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
