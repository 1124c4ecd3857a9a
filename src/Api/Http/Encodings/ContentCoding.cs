namespace Gateway.Api.Http.Encodings;

/// <summary>How a request body was compressed.</summary>
public enum ContentCoding
{
    Gzip,
    Brotli,

    /// <summary>The zlib format, as RFC 9110 says; not bare deflate.</summary>
    Deflate,
}
