using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Gateway.Silo.Settings.Sources;

/// <summary>Reads one entry after the other; counts lines for error texts.</summary>
internal sealed class DotEnvScanner
{
    private readonly string _text;
    private int _position;
    private int _line = 1;

    public DotEnvScanner(string text)
    {
        _text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        _position = _text.StartsWith('\uFEFF') ? 1 : 0;
    }

    public string Error { get; private set; } = "";

    private char Current => _position < _text.Length ? _text[_position] : '\0';

    private bool AtEnd => _position >= _text.Length;

    private bool AtLineEnd => AtEnd || Current == '\n';

    /// <summary>False: nothing but blanks and comments is left.</summary>
    public bool SkipToNextEntry()
    {
        while (!AtEnd)
        {
            SkipBlanks();
            if (Current == '#')
            {
                SkipRestOfLine();
            }
            else if (!AtLineEnd)
            {
                return true;
            }

            EndLine();
        }

        return false;
    }

    public bool TryReadName([NotNullWhen(true)] out string? name)
    {
        var word = ReadWord();
        if (word == "export" && Current is ' ' or '\t')
        {
            SkipBlanks();
            word = ReadWord();
        }

        SkipBlanks();
        if (word.Length == 0 || char.IsAsciiDigit(word[0]) || Current != '=')
        {
            name = null;
            return Fail("expected NAME=value (a value over several lines needs quotes around it)", _line);
        }

        _position++;
        name = word;
        return true;
    }

    public bool TryReadValue([NotNullWhen(true)] out string? value)
    {
        SkipBlanks();
        if (Current is not ('\'' or '"'))
        {
            value = ReadUnquoted();
            return true;
        }

        var startLine = _line;
        value = ReadQuoted(_text[_position++]);
        if (value is null)
        {
            return Fail("the quote that opens here is never closed", startLine);
        }

        SkipBlanks();
        if (Current == '#')
        {
            SkipRestOfLine();
        }

        if (!AtLineEnd)
        {
            value = null;
            return Fail("text after the closing quote", _line);
        }

        EndLine();
        return true;
    }

    // A # starts a comment only after a blank, so that colours and URL fragments survive.
    private string ReadUnquoted()
    {
        var start = _position;
        var end = _position;
        while (!AtLineEnd && !(Current == '#' && IsBlank(_text[_position - 1])))
        {
            end = ++_position;
        }

        var value = _text[start..end].TrimEnd(' ', '\t');
        SkipRestOfLine();
        EndLine();
        return value;
    }

    private string? ReadQuoted(char quote)
    {
        var value = new StringBuilder();
        while (!AtEnd)
        {
            var c = _text[_position++];
            if (c == quote)
            {
                return value.ToString();
            }

            _line += c == '\n' ? 1 : 0;
            if (c == '\\' && quote == '"' && Unescape(Current) is { } escaped)
            {
                c = escaped;
                _position++;
            }

            value.Append(c);
        }

        return null;
    }

    private static char? Unescape(char c) => c switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '"' or '\\' or '$' => c,
        _ => null,
    };

    private string ReadWord()
    {
        var start = _position;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '_' or ':' or '.' or '-')
        {
            _position++;
        }

        return _text[start.._position];
    }

    private void SkipBlanks()
    {
        while (IsBlank(Current))
        {
            _position++;
        }
    }

    private void SkipRestOfLine()
    {
        while (!AtLineEnd)
        {
            _position++;
        }
    }

    private void EndLine()
    {
        if (!AtEnd)
        {
            _position++;
            _line++;
        }
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';

    private bool Fail(string message, int line)
    {
        Error = $"line {line}: {message}";
        return false;
    }
}
