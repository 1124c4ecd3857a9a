using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Upstream;

/// <summary>
/// Reads just enough HTTP/1.1 to know where a request ends and answers with bytes made at the start, so that the
/// upstream is never what a benchmark measures.
/// </summary>
internal sealed class FixedAnswerHandler(TimeProvider time) : ConnectionHandler
{
    private static readonly TimeSpan SlowStep = TimeSpan.FromSeconds(5);

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var output = connection.Transport.Output;
        while (true)
        {
            var read = await input.ReadAsync(connection.ConnectionClosed);
            if (TryTakeRequest(read.Buffer, out var end, out var kind))
            {
                input.AdvanceTo(end);
                await AnswerAsync(output, kind, connection.ConnectionClosed);
                continue;
            }

            if (read.IsCompleted)
            {
                return;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private async Task AnswerAsync(PipeWriter output, Answer kind, CancellationToken closed)
    {
        switch (kind)
        {
            case Answer.Unary:
                await output.WriteAsync(FixedAnswers.Unary, closed);
                return;
            case Answer.Stream:
                await output.WriteAsync(FixedAnswers.StreamHead, closed);
                foreach (var chunk in FixedAnswers.StreamChunks)
                {
                    await output.WriteAsync(chunk, closed);
                }

                return;
            default:
                await output.WriteAsync(FixedAnswers.StreamHead, closed);
                while (true)
                {
                    await output.WriteAsync(FixedAnswers.StreamChunks[0], closed);
                    await Task.Delay(SlowStep, time, closed);
                }
        }
    }

    private static bool TryTakeRequest(ReadOnlySequence<byte> buffer, out SequencePosition end, out Answer kind)
    {
        (end, kind) = (default, Answer.Unary);
        var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        var length = ContentLength(bytes[..head]);
        if (bytes.Length < head + 4 + length)
        {
            return false;
        }

        var body = bytes.Slice(head + 4, length);
        if (body.IndexOf("\"stream\":true"u8) >= 0)
        {
            kind = body.IndexOf("\"model\":\"slow\""u8) >= 0 ? Answer.SlowStream : Answer.Stream;
        }

        end = buffer.GetPosition(head + 4 + length);
        return true;
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var name = head.IndexOf("ontent-Length: "u8);
        name = name < 0 ? head.IndexOf("ontent-length: "u8) : name;
        if (name >= 0 && Utf8Parser.TryParse(head[(name + "ontent-Length: ".Length)..], out int length, out _))
        {
            return length;
        }

        return 0;
    }

    private enum Answer
    {
        Unary,
        Stream,
        SlowStream,
    }
}
