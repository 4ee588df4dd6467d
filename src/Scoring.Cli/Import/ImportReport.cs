namespace Scoring.Cli.Import;

/// <summary>What became of every row: the reconciliation at the end of an import.</summary>
internal sealed class ImportReport
{
    private readonly List<RuleTally> _rules = [];

    /// <summary>One line per file and rule.</summary>
    public IReadOnlyList<RuleTally> Rules => _rules;

    /// <summary>Whether every line's sums agree.</summary>
    public bool Tallies => _rules.All(rule => rule.Tallies);

    public long Rejected => _rules.Sum(rule => rule.Rejected);

    public RuleTally Add(string file, string rule)
    {
        var tally = new RuleTally(file, rule);
        _rules.Add(tally);
        return tally;
    }
}

/// <summary>What one rule made of one file's rows: <c>rows = unwanted + earlier + rejected + accepted + duplicates</c>.</summary>
internal sealed class RuleTally(string file, string rule)
{
    // Reasons are few: this project's and the contract's.
    private readonly SortedDictionary<string, RejectionTally> _rejections = new(StringComparer.Ordinal);

    public string File => file;

    public string Rule => rule;

    /// <summary>Rows read.</summary>
    public long Rows { get; set; }

    /// <summary>Rows that the rule's conditions left out.</summary>
    public long Unwanted { get; set; }

    /// <summary>Rows that the journal says were acknowledged by an earlier run.</summary>
    public long Earlier { get; set; }

    /// <summary>Elements sent to the server.</summary>
    public long Sent { get; set; }

    /// <summary>Elements that the server took.</summary>
    public long Accepted { get; set; }

    /// <summary>Events that the server had counted before.</summary>
    public long Duplicates { get; set; }

    /// <summary>Rows refused, here or by the server.</summary>
    public long Rejected => RejectedHere + RejectedByServer;

    /// <summary>Rows that could not be mapped.</summary>
    public long RejectedHere { get; private set; }

    /// <summary>Elements that the server refused.</summary>
    public long RejectedByServer { get; private set; }

    /// <summary>Why rows were refused.</summary>
    public IReadOnlyCollection<RejectionTally> Rejections => _rejections.Values;

    public bool Tallies =>
        Rows == Unwanted + Earlier + RejectedHere + Sent && Sent == Accepted + Duplicates + RejectedByServer;

    /// <summary>Counts a row that an earlier run has sent.</summary>
    public void Skip()
    {
        Rows++;
        Earlier++;
    }

    public void RejectHere(string reason, long line, string message)
    {
        RejectedHere++;
        Note(reason, line, message);
    }

    public void RejectedThere(string reason, long line, string message)
    {
        RejectedByServer++;
        Note(reason, line, message);
    }

    private void Note(string reason, long line, string message)
    {
        if (_rejections.TryGetValue(reason, out var tally))
        {
            tally.Count++;
        }
        else
        {
            _rejections.Add(reason, new RejectionTally(reason, line, message) { Count = 1 });
        }
    }
}

/// <summary>One reason for refusing rows, with the first of them.</summary>
internal sealed class RejectionTally(string reason, long firstLine, string firstMessage)
{
    public string Reason => reason;

    public long FirstLine => firstLine;

    public string FirstMessage => firstMessage;

    public long Count { get; set; }
}
