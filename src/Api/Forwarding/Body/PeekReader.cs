using System.Text.Json;
using Gateway.Api.Errors;
using Gateway.Api.Http;

namespace Gateway.Api.Forwarding.Body;

/// <summary>One pass of <see cref="RequestPeek"/> over one body.</summary>
internal ref struct PeekReader(Utf8JsonReader reader, Operation operation)
{
    private Utf8JsonReader _reader = reader;
    private uint _seen;
    private bool _hasInput;

    public PeekedRequest Request { get; } = new();

    public GatewayError? Read(bool modelInPath)
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            // The rest is read too: an invalid body is called invalid, whatever it begins with.
            _reader.Skip();
            _reader.Read();
            return RequestErrors.NotAnObject();
        }

        Request.ContentStart = (int)_reader.BytesConsumed;
        GatewayError? first = null;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            Request.IsEmpty = false;
            var error = ReadProperty();
            first ??= error;
        }

        _reader.Read();
        return first ?? CheckPresence(modelInPath);
    }

    private GatewayError? ReadProperty()
    {
        var field = PeekedNames.Match(ref _reader, out var exact);
        if (field == RoutingField.None)
        {
            return ReadContent();
        }

        var bit = 1u << (int)field;
        var again = (_seen & bit) != 0;
        _seen |= bit;
        _reader.Read();
        var error = again || !exact ? RequestErrors.Ambiguous(field.Name()) : ReadField(field);
        _reader.Skip();
        return error;
    }

    private GatewayError? ReadField(RoutingField field) => field switch
    {
        RoutingField.Model => ReadModel(),
        RoutingField.Stream => ReadStream(),
        RoutingField.StreamOptions => PeekedStreamOptions.Read(ref _reader, Request),
        RoutingField.MaxTokens or RoutingField.MaxCompletionTokens or RoutingField.MaxOutputTokens or RoutingField.N or RoutingField.BestOf => ReadNumber(field),
        RoutingField.PreviousResponseId => ReadReference(),
        _ => null,
    };

    /// <summary>What bounds the output must be understood as the upstream will: a text that some readers take for a number is refused.</summary>
    private GatewayError? ReadNumber(RoutingField field)
    {
        long? number = null;
        if (_reader.TokenType == JsonTokenType.Number && PeekedNumber.TryRead(ref _reader, out var read))
        {
            number = read;
        }
        else if (_reader.TokenType != JsonTokenType.Null)
        {
            return RequestErrors.WrongType(field.Name(), "a whole number or null");
        }

        if (number > Most(field))
        {
            return RequestErrors.AboveMaximum(field.Name(), Most(field));
        }

        Request.Set(field, new PeekedNumber(PeekedText.RangeOf(ref _reader), number));
        return null;
    }

    /// <summary>Of a field that this operation has, since it is reserved and written down; of others the upstream judges. Caps of any size are clients' way to say "no cap".</summary>
    private readonly long Most(RoutingField field) =>
        field is RoutingField.N or RoutingField.BestOf && operation is Operation.ChatCompletions or Operation.Completions ? RequestPeek.MaxAnswers : long.MaxValue;

    private GatewayError? ReadReference()
    {
        Request.References += _reader.TokenType == JsonTokenType.Null ? 0 : 1;
        return null;
    }

    private GatewayError? ReadModel()
    {
        if (_reader.TokenType != JsonTokenType.String || _reader.ValueSpan.IsEmpty || _reader.ValueSpan.Length > RequestPeek.MaxModelLength)
        {
            return RequestErrors.WrongType("model", $"a non-empty string of at most {RequestPeek.MaxModelLength} bytes");
        }

        Request.ModelText = PeekedText.RangeOf(ref _reader);
        try
        {
            Request.Model = _reader.GetString();
            return null;
        }
        catch (InvalidOperationException)
        {
            // An escape that is half of a surrogate pair: valid JSON, yet no text.
            return RequestErrors.WrongType("model", "well-formed text");
        }
    }

    private GatewayError? ReadStream()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.True when operation == Operation.Embeddings:
                return RequestErrors.WrongType("stream", "false or absent on embeddings");
            case JsonTokenType.True:
                Request.Stream = true;
                return null;
            case JsonTokenType.False or JsonTokenType.Null:
                return null;
            default:
                return RequestErrors.WrongType("stream", "true, false or null");
        }
    }

    /// <summary>Fields that are looked at for their presence, their outer type, and what they refer to.</summary>
    private GatewayError? ReadContent()
    {
        var content = PeekedContents.Match(ref _reader, operation, out var exact);
        _hasInput |= exact && content is (PeekedContent.Messages or PeekedContent.Prompt or PeekedContent.Input);
        _reader.Read();
        switch (content)
        {
            case PeekedContent.Messages when exact:
                return ReadMessages();
            case PeekedContent.Messages:
                Request.References += ContentReferences.CountIn(ref _reader);
                return null;
            case PeekedContent.Prompt:
                // Of several an upstream may take any.
                Request.Prompts = Math.Max(Request.Prompts, ReadPrompts());
                return null;
            case PeekedContent.Items:
                Request.References += ContentReferences.CountIn(ref _reader);
                return null;
            case PeekedContent.StoredContext:
                ReadReference();
                break;
            case PeekedContent.Tools:
                Request.References += ToolReferences.CountIn(ref _reader);
                return null;
            case PeekedContent.Background when _reader.TokenType is not (JsonTokenType.False or JsonTokenType.Null):
                _reader.Skip();
                return RequestErrors.NoBackground();
            case PeekedContent.SafetyIdentifier:
                Request.SafetyIdentifier = NonNullRange();
                break;
            case PeekedContent.User:
                Request.User = NonNullRange();
                break;
        }

        _reader.Skip();
        return null;
    }

    /// <summary>How many texts are to be completed: a list of texts or of token lists is several, a list of tokens one.</summary>
    private int ReadPrompts()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            _reader.Skip();
            return 1;
        }

        var prompts = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            prompts += _reader.TokenType == JsonTokenType.Number ? 0 : 1;
            _reader.Skip();
        }

        return Math.Max(1, prompts);
    }

    private GatewayError? ReadMessages()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            _reader.Skip();
            return RequestErrors.WrongType("messages", "an array of objects");
        }

        GatewayError? error = null;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                error = RequestErrors.WrongType("messages", "an array of objects");
            }

            Request.References += ContentReferences.CountIn(ref _reader);
        }

        return error;
    }

    private readonly GatewayError? CheckPresence(bool modelInPath)
    {
        if (Request.Model is null && !modelInPath)
        {
            return RequestErrors.Missing("model");
        }

        // Responses can go without input (stored prompts, conversations): there the upstream judges.
        return _hasInput ? null : operation switch
        {
            Operation.ChatCompletions => RequestErrors.Missing("messages"),
            Operation.Completions => RequestErrors.Missing("prompt"),
            Operation.Embeddings => RequestErrors.Missing("input"),
            _ => null,
        };
    }

    private ByteRange NonNullRange() => _reader.TokenType == JsonTokenType.Null ? default : PeekedText.RangeOf(ref _reader);
}
