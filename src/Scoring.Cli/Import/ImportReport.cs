using System.Text.Json.Serialization;

namespace Scoring.Cli.Import;

/// <summary>What became of every row: the reconciliation at the end of an import, and what <c>import --json</c> writes.</summary>
internal sealed class ImportReport
{
    private readonly List<RuleTally> _lines = [];

    /// <summary>Whether every line's sums agree.</summary>
    public bool Tallies => _lines.All(line => line.Tallies);

    public long Rejected => _lines.Sum(line => line.Rejected);

    /// <summary>One line per file and rule.</summary>
    public IReadOnlyList<RuleTally> Lines => _lines;

    public RuleTally Add(string file, string becomes)
    {
        var tally = new RuleTally(file, becomes);
        _lines.Add(tally);
        return tally;
    }
}

/// <summary>What one rule made of one file's rows: <c>rows = not wanted + imported earlier + accepted + duplicates + rejected</c>.</summary>
internal sealed class RuleTally(string file, string becomes)
{
    // Reasons are few: this project's and the contract's.
    private readonly SortedDictionary<string, RejectionTally> _rejections = new(StringComparer.Ordinal);

    public string File => file;

    /// <summary>What the rule makes of rows.</summary>
    public string Becomes => becomes;

    /// <summary>Rows read.</summary>
    public long Rows { get; set; }

    /// <summary>Rows that the rule's conditions left out.</summary>
    public long NotWanted { get; set; }

    /// <summary>Rows that the journal says were acknowledged by an earlier run.</summary>
    public long ImportedEarlier { get; set; }

    /// <summary>Elements that the server took.</summary>
    public long Accepted { get; set; }

    /// <summary>Events that the server had counted before.</summary>
    public long Duplicates { get; set; }

    /// <summary>Rows refused, here or by the server.</summary>
    public long Rejected => RejectedHere + RejectedByServer;

    /// <summary>Why rows were refused.</summary>
    public IReadOnlyCollection<RejectionTally> Rejections => _rejections.Values;

    /// <summary>Elements sent to the server.</summary>
    [JsonIgnore]
    public long Sent { get; set; }

    /// <summary>Rows that could not be mapped.</summary>
    [JsonIgnore]
    public long RejectedHere { get; set; }

    /// <summary>Elements that the server refused.</summary>
    [JsonIgnore]
    public long RejectedByServer { get; set; }

    [JsonIgnore]
    public bool Tallies =>
        Rows == NotWanted + ImportedEarlier + RejectedHere + Sent && Sent == Accepted + Duplicates + RejectedByServer;

    /// <summary>Counts a row that an earlier run has sent.</summary>
    public void Skip()
    {
        Rows++;
        ImportedEarlier++;
    }

    /// <summary>Notes why a row was refused.</summary>
    public void Note(string reason, long line, string message)
    {
        if (!_rejections.TryGetValue(reason, out var tally))
        {
            _rejections[reason] = tally = new RejectionTally(reason, line, message);
        }

        tally.Rows++;
    }
}

/// <summary>One reason for refusing rows, with the first of them.</summary>
internal sealed class RejectionTally(string reason, long firstLine, string firstMessage)
{
    public string Reason => reason;

    public long Rows { get; set; }

    public long FirstLine => firstLine;

    public string FirstMessage => firstMessage;
}
