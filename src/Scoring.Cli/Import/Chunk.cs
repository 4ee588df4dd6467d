using System.Text.Json;
using Google.Protobuf;
using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Import.Rejects;
using Scoring.Cli.Import.Sources;
using Scoring.V1;

namespace Scoring.Cli.Import;

/// <summary>Some rows of a file, mapped and waiting to be sent. Every rule sends on its own, so that the server's counts are the rule's.</summary>
internal sealed class Chunk(IReadOnlyList<Rule> rules, IReadOnlyList<RuleTally> tallies)
{
    // Elements of one call: below the service's 10,000 and, at the longest, below a message's 4 MiB.
    private const int ElementsPerCall = 1_000;

    private readonly List<(IMessage Element, Row Row)>[] _mapped =
    [
        .. rules.Select(_ => new List<(IMessage Element, Row Row)>()),
    ];

    private readonly List<Reject> _rejects = [];

    public int Rows { get; private set; }

    public void Add(RowScope scope)
    {
        Rows++;
        for (var i = 0; i < rules.Count; i++)
        {
            tallies[i].Rows++;
            Map(i, scope);
        }
    }

    /// <summary>Sends everything in the order of the rules, which is accounts, customers, events, and empties the chunk.</summary>
    public async Task<SentChunk> SendAsync(ServerTarget target, CancellationToken cancellationToken)
    {
        string? witness = null;
        var events = 0L;
        for (var i = 0; i < rules.Count; i++)
        {
            foreach (var part in _mapped[i].Chunk(ElementsPerCall))
            {
                var elements = part.Select(mapped => mapped.Element).ToList();
                var answer = await target.SendAsync(rules[i].Kind, elements, cancellationToken);
                events += rules[i].Kind == RuleKind.Event ? answer.Accepted + answer.Duplicates : 0;
                witness = Take(i, part, answer) ?? witness;
            }

            _mapped[i].Clear();
        }

        Reject[] rejects = [.. _rejects.OrderBy(reject => reject.Row.Line)];
        _rejects.Clear();
        Rows = 0;
        return new SentChunk(events, witness, rejects);
    }

    /// <summary>Counts what the server answered.</summary>
    /// <returns>A customer that it knows now; null when there is none.</returns>
    private string? Take(int i, (IMessage Element, Row Row)[] sent, TargetAnswer answer)
    {
        tallies[i].Sent += sent.Length;
        tallies[i].Accepted += answer.Accepted;
        tallies[i].Duplicates += answer.Duplicates;
        var refused = new HashSet<int>();
        foreach (var rejection in answer.Rejections)
        {
            refused.Add(rejection.Index);
            tallies[i].RejectedByServer++;
            var reason = JsonNamingPolicy.SnakeCaseLower.ConvertName(rejection.Reason.ToString());
            Reject(i, sent[rejection.Index].Row, rules[i].Key, new RowRejection(reason, rejection.Message));
        }

        return sent.Where((_, place) => !refused.Contains(place)).LastOrDefault().Element switch
        {
            Customer customer => customer.CustomerId,
            Event item => item.CustomerId,
            _ => null,
        };
    }

    private void Map(int i, RowScope scope)
    {
        scope.BeginRule();
        var (rule, row) = (rules[i], scope.Row);
        if (row.Error is { } error)
        {
            tallies[i].RejectedHere++;
            tallies[i].Note(RowRejection.MalformedRow, row.Line, error);
            if (i == 0)
            {
                _rejects.Add(new Reject(row, Rule: "", RowRejection.MalformedRow, error));
            }

            return;
        }

        var isMeant = row.OnlyRule.Length == 0 || row.OnlyRule == rule.Key;
        var wanted = isMeant && rule.Wants(scope);
        if (scope.Rejection is null && !wanted)
        {
            tallies[i].NotWanted++;
        }
        else if (RowMapper.Map(rule, scope) is { } element)
        {
            _mapped[i].Add((element, row));
        }
        else
        {
            tallies[i].RejectedHere++;
            Reject(i, row, rule.Key, scope.Rejection!);
        }
    }

    private void Reject(int i, Row row, string rule, RowRejection rejection)
    {
        tallies[i].Note(rejection.Reason, row.Line, rejection.Message);
        _rejects.Add(new Reject(row, rule, rejection.Reason, rejection.Message));
    }
}

/// <summary>What became of a chunk of rows.</summary>
/// <param name="Events">Events of them that the server counts, now or since earlier.</param>
/// <param name="Witness">A customer that the server knows now; null when there is none among these rows.</param>
/// <param name="Rejects">What was not taken, in the order of the rows.</param>
internal sealed record SentChunk(long Events, string? Witness, IReadOnlyList<Reject> Rejects);
