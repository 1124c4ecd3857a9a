namespace Orleans.Runtime.Transport;

/// <summary>
/// Calls and their answers as JSON. A call is <c>{"m":method,"t":grain type,"k":key,"v":view version,"d":ms left,"f":forwards,"a":[arguments]}</c>;
/// an answer is <c>{"r":result}</c> or <c>{"e":exception}</c>. Reading throws <see cref="JsonException"/> and the like when it is malformed.
/// </summary>
internal static class CallCodec
{
    // Long enough for any deadline that makes sense, short enough for a timer.
    private const long MaxTimeout = 24 * 60 * 60 * 1000;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public static void WriteCall(PooledBuffer buffer, GrainCall call, long viewVersion)
    {
        var writer = Writer(buffer);
        writer.WriteStartObject();
        writer.WriteString("m"u8, call.Method.WireName);
        writer.WriteString("t"u8, call.Target.Type.ToString());
        writer.WriteString("k"u8, call.Target.Key.ToString());
        writer.WriteNumber("v"u8, viewVersion);
        writer.WriteNumber("d"u8, (long)call.Remaining.TotalMilliseconds);
        writer.WriteNumber("f"u8, call.Forwards);
        writer.WritePropertyName("a"u8);
        call.Method.WriteArguments(writer, call.Arguments);
        writer.WriteEndObject();
        writer.Flush();
    }

    /// <summary>The call and the version of its sender's view; no call when this process does not know the method.</summary>
    public static (GrainCall? Call, long ViewVersion, string Method) ReadCall(ReadOnlySpan<byte> message, GrainRegistry registry, GrainCaller caller, CancellationToken aborted)
    {
        var reader = new Utf8JsonReader(message);
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject);
        string? name = null, type = null, key = null;
        long version = 0, left = 0;
        var forwards = 0;
        GrainMethod? method = null;
        object?[]? arguments = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader.ValueSpan.Length == 1 ? (char)reader.ValueSpan[0] : '\0';
            reader.Read();
            switch (property)
            {
                case 'm': method = registry.FindMethod(name = reader.GetString()!); break;
                case 't': type = reader.GetString(); break;
                case 'k': key = reader.GetString(); break;
                case 'v': version = reader.GetInt64(); break;
                case 'd': left = reader.GetInt64(); break;
                case 'f': forwards = reader.GetInt32(); break;
                case 'a' when method is not null && reader.TokenType == JsonTokenType.StartArray: arguments = method.ReadArguments(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        Expect(name is not null && !string.IsNullOrWhiteSpace(type) && key is not null && (method is null || arguments is not null) && forwards >= 0 && !reader.Read());
        var call = method?.Receive(caller, GrainId.Create(type!, key!), arguments!, TimeSpan.FromMilliseconds(Math.Clamp(left, 0, MaxTimeout)), aborted);
        if (call is not null)
        {
            call.Forwards = forwards;
        }

        return (call, version, name!);
    }

    public static void WriteResult(PooledBuffer buffer, GrainCall call)
    {
        try
        {
            var writer = Writer(buffer);
            writer.WriteStartObject();
            writer.WritePropertyName("r"u8);
            call.WriteResult(writer);
            writer.WriteEndObject();
            writer.Flush();
        }
        catch (Exception exception)
        {
            WriteException(buffer, new OrleansException($"The result of {call} cannot be sent: {exception.Message}"));
        }
    }

    public static void WriteException(PooledBuffer buffer, Exception exception)
    {
        buffer.Clear();
        var writer = Writer(buffer);
        writer.WriteStartObject();
        writer.WritePropertyName("e"u8);
        JsonSerializer.Serialize(writer, ExceptionCodec.Encode(exception), WireJson.TypeInfo<WireException>());
        writer.WriteEndObject();
        writer.Flush();
    }

    /// <summary>Ends the call with its answer.</summary>
    public static void ReadAnswer(ReadOnlySpan<byte> answer, GrainCall call)
    {
        var reader = new Utf8JsonReader(answer);
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName);
        var failed = reader.ValueTextEquals("e"u8);
        Expect(failed || reader.ValueTextEquals("r"u8));
        reader.Read();
        if (failed)
        {
            call.Reject(ExceptionCodec.Decode(JsonSerializer.Deserialize(ref reader, WireJson.TypeInfo<WireException>())!));
        }
        else
        {
            call.ReadResult(ref reader);
        }
    }

    private static void Expect(bool kept)
    {
        if (!kept)
        {
            throw new JsonException("The message is malformed.");
        }
    }

    private static Utf8JsonWriter Writer(PooledBuffer buffer)
    {
        if (_writer is null)
        {
            return _writer = new(buffer, new() { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        }

        _writer.Reset(buffer);
        return _writer;
    }
}
