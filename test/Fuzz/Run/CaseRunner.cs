using System.Net;
using Gateway.Fuzz.Calls;
using Gateway.Fuzz.Cases;
using Gateway.Fuzz.Oracles;
using Gateway.Fuzz.World;

namespace Gateway.Fuzz.Run;

/// <summary>One caller, whose connection serves one case after the other as long as both sides keep it.</summary>
/// <param name="number">Gives it an address of its own, so that the failed attempts of one do not close the door for the others.</param>
internal sealed class CaseRunner(FuzzWorld world, UpstreamSide upstream, int number) : IDisposable
{
    /// <summary>Longer than anything that a case waits for by itself, on a machine however busy.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly IPAddress source = new([127, 20, (byte)(number + 1), 1]);
    private RawConnection? connection;

    public async Task<Verdict> RunAsync(FuzzCase subject)
    {
        var watch = upstream.Watch(subject);
        try
        {
            using var bound = new CancellationTokenSource(Bound);
            return subject.Leaves ? await LeaveAsync(watch, bound.Token) : await CallAsync(watch, bound.Token);
        }
        catch (OperationCanceledException)
        {
            Close();
            return new Verdict("hung", false, $"No answer within {Bound.TotalSeconds} s.");
        }
        catch (InvalidAnswerException invalid)
        {
            Close();

            // Whoever opens in HTTP/2 is told in HTTP/2 that it is not spoken here.
            return subject.Request.AsSpan().StartsWith("PRI "u8) ? new Verdict("answered in HTTP/2", false, null) : new Verdict("no HTTP", false, invalid.Message);
        }
        finally
        {
            upstream.Forget(watch);
        }
    }

    public void Dispose() => Close();

    private async Task<Verdict> CallAsync(CaseWatch watch, CancellationToken cancellationToken)
    {
        var isReused = connection is not null;
        var answer = await ExchangeAsync(watch.Case, cancellationToken);
        if (answer is null && isReused && watch.Arrivals == 0)
        {
            // The server may close an idle connection at any time, as every client knows.
            Close();
            answer = await ExchangeAsync(watch.Case, cancellationToken);
        }

        if (answer is null || answer.EndsConnection || watch.Case.Family is CaseFamily.Broken)
        {
            Close();
        }

        return AnswerOracle.Judge(watch, answer, world.Secrets);
    }

    private async Task<HttpAnswer?> ExchangeAsync(FuzzCase subject, CancellationToken cancellationToken)
    {
        connection ??= await RawConnection.OpenAsync(world.Port, source, cancellationToken);
        await connection.SendAsync(subject.Request, cancellationToken);
        if (subject.Family is CaseFamily.Broken)
        {
            // It may be the beginning of something longer, which the server would wait for.
            connection.EndSending();
        }

        return await connection.ReadAnswerAsync(subject.Method, cancellationToken);
    }

    private async Task<Verdict> LeaveAsync(CaseWatch watch, CancellationToken cancellationToken)
    {
        connection ??= await RawConnection.OpenAsync(world.Port, source, cancellationToken);
        await connection.SendAsync(watch.Case.Request, cancellationToken);
        Close();
        return new Verdict("caller left", watch.Arrivals > 0, watch.Problem);
    }

    private void Close()
    {
        connection?.Dispose();
        connection = null;
    }
}
