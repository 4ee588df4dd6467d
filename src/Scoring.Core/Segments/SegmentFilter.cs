using System.Text;
using System.Text.Json.Serialization;

namespace Scoring.Core.Segments;

/// <summary>Which customers belong to a segment: those that have every one of these attribute values.</summary>
/// <remarks>Grammar: <c>key = "value"</c> joined by <c>AND</c>; in a value, <c>\"</c> and <c>\\</c> stand for a quote and a backslash.</remarks>
public sealed class SegmentFilter
{
    [JsonConstructor]
    private SegmentFilter(IReadOnlyList<KeyValuePair<string, string>> clauses) => Clauses = clauses;

    /// <summary>The filter that every customer passes.</summary>
    public static SegmentFilter Everyone { get; } = new([]);

    /// <summary>Attribute values that a customer must have, all of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Clauses { get; }

    /// <summary>Reads a filter.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.InvalidArgument"/>, naming the place of the mistake.</exception>
    public static SegmentFilter Parse(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > Limits.FilterBytes)
        {
            throw Mistake($"is longer than {Limits.FilterBytes:N0} bytes");
        }
        var reader = new Reader(text);
        reader.SkipSpace();
        if (reader.AtEnd)
        {
            return Everyone;
        }
        var clauses = new List<KeyValuePair<string, string>>();
        do
        {
            var key = reader.Key();
            reader.Expect('=');
            clauses.Add(new(key, reader.Value()));
            if (clauses.Count > Limits.FilterClauses)
            {
                throw Mistake($"has more than {Limits.FilterClauses} clauses");
            }
        } while (reader.TakeAnd());
        return new SegmentFilter(clauses);
    }

    private static ScoringException Mistake(string what) =>
        new(ScoringError.InvalidArgument, $"The filter {what}.") { Field = "filter" };

    private sealed class Reader(string text)
    {
        private int _at;

        public bool AtEnd => _at == text.Length;

        public void SkipSpace()
        {
            while (!AtEnd && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
        }

        public string Key()
        {
            SkipSpace();
            var start = _at;
            while (!AtEnd && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-' or '.'))
            {
                _at++;
            }
            if (_at == start)
            {
                throw Expected("an attribute key");
            }
            return text[start.._at];
        }

        public void Expect(char sign)
        {
            SkipSpace();
            if (AtEnd || text[_at] != sign)
            {
                throw Expected($"'{sign}'");
            }
            _at++;
        }

        public string Value()
        {
            Expect('"');
            var value = new StringBuilder();
            while (!AtEnd && text[_at] != '"')
            {
                if (text[_at] == '\\')
                {
                    _at++;
                    if (AtEnd || text[_at] is not ('"' or '\\'))
                    {
                        throw Expected("'\"' or '\\' after a backslash");
                    }
                }
                value.Append(text[_at++]);
            }
            Expect('"');
            return value.ToString();
        }

        /// <summary>Takes the AND before a further clause; false at the end of the text.</summary>
        public bool TakeAnd()
        {
            SkipSpace();
            if (AtEnd)
            {
                return false;
            }
            var start = _at;
            while (!AtEnd && char.IsAsciiLetter(text[_at]))
            {
                _at++;
            }
            if (text[start.._at] != "AND")
            {
                _at = start;
                throw Expected("AND or the end");
            }
            return true;
        }

        private ScoringException Expected(string what)
        {
            var found = AtEnd ? "the end" : $"'{text[_at]}'";
            return Mistake(
                $"has {found} at position {_at + 1} where {what} is expected; write key = \"value\" joined by AND"
            );
        }
    }
}
