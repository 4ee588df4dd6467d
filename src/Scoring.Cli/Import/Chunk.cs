using System.Globalization;
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

    private readonly List<Mapped<Account>>[] _accounts = Lists<Account>(rules.Count);
    private readonly List<Mapped<Customer>>[] _customers = Lists<Customer>(rules.Count);
    private readonly List<Mapped<Event>>[] _events = Lists<Event>(rules.Count);

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

    /// <summary>Sends everything, first accounts, then customers, then events, and empties the chunk.</summary>
    public async Task<SentChunk> SendAsync(IImportTarget target, CancellationToken cancellationToken)
    {
        string? witness = null;
        var events = 0L;
        for (var i = 0; i < rules.Count; i++)
        {
            await SendAsync(i, _accounts[i], AccountsAsync);
        }

        for (var i = 0; i < rules.Count; i++)
        {
            witness = await SendAsync(i, _customers[i], CustomersAsync) ?? witness;
        }

        for (var i = 0; i < rules.Count; i++)
        {
            witness = await SendAsync(i, _events[i], EventsAsync) ?? witness;
        }

        Reject[] rejects = [.. _rejects.OrderBy(reject => reject.Row.Line)];
        _rejects.Clear();
        Rows = 0;
        return new SentChunk(events, witness, rejects);

        async Task<Answer> AccountsAsync(Account[] accounts)
        {
            var answer = await target.UpsertAccountsAsync(accounts, cancellationToken);
            return new Answer(answer.UpsertedCount, 0, answer.Rejections, null);
        }

        async Task<Answer> CustomersAsync(Customer[] customers)
        {
            var answer = await target.UpsertCustomersAsync(customers, cancellationToken);
            return new Answer(
                answer.UpsertedCount,
                0,
                answer.Rejections,
                Taken(customers, answer.Rejections)?.CustomerId
            );
        }

        async Task<Answer> EventsAsync(Event[] items)
        {
            var answer = await target.RecordEventsAsync(items, cancellationToken);
            events += answer.AcceptedCount + answer.DuplicateCount;
            return new Answer(
                answer.AcceptedCount,
                answer.DuplicateCount,
                answer.Rejections,
                Taken(items, answer.Rejections)?.CustomerId
            );
        }
    }

    private async Task<string?> SendAsync<T>(int rule, List<Mapped<T>> mapped, Func<T[], Task<Answer>> send)
    {
        var tally = tallies[rule];
        string? witness = null;
        foreach (var part in mapped.Chunk(ElementsPerCall))
        {
            var answer = await send([.. part.Select(m => m.Element)]);
            tally.Sent += part.Length;
            tally.Accepted += answer.Accepted;
            tally.Duplicates += answer.Duplicates;
            foreach (var rejection in answer.Rejections)
            {
                var (row, reason) = (part[rejection.Index].Row, Reason(rejection.Reason));
                tally.RejectedThere(reason, row.Line, rejection.Message);
                _rejects.Add(new Reject(row, rules[rule].Key, reason, rejection.Message));
            }

            witness = answer.Witness ?? witness;
        }

        mapped.Clear();
        return witness;
    }

    private void Map(int i, RowScope scope)
    {
        scope.BeginRule();
        var tally = tallies[i];
        var row = scope.Row;
        if (row.Error is { } error)
        {
            tally.RejectHere(RowRejection.MalformedRow, row.Line, error);
            if (i == 0)
            {
                _rejects.Add(new Reject(row, Rule: "", RowRejection.MalformedRow, error));
            }

            return;
        }

        var isMeant = row.OnlyRule.Length == 0 || row.OnlyRule == rules[i].Key;
        var wanted = isMeant && rules[i].Wants(scope);
        if (scope.Rejection is null && !wanted)
        {
            tally.Unwanted++;
            return;
        }

        switch (rules[i])
        {
            case AccountRule rule when RowMapper.Map(rule, scope) is { } account:
                _accounts[i].Add(new(account, row));
                break;
            case CustomerRule rule when RowMapper.Map(rule, scope) is { } customer:
                _customers[i].Add(new(customer, row));
                break;
            case EventRule rule when RowMapper.Map(rule, scope) is { } mapped:
                _events[i].Add(new(mapped, row));
                break;
            default:
                var rejection =
                    scope.Rejection ?? throw new InvalidOperationException("A rule gave neither element nor reason.");
                tally.RejectHere(rejection.Reason, row.Line, rejection.Message);
                _rejects.Add(new Reject(row, rules[i].Key, rejection.Reason, rejection.Message));
                break;
        }
    }

    private static T? Taken<T>(T[] elements, IReadOnlyCollection<Rejection> rejections)
        where T : class
    {
        var refused = rejections.Select(rejection => rejection.Index).ToHashSet();
        return elements.Where((_, i) => !refused.Contains(i)).LastOrDefault();
    }

    private static string Reason(RejectionReason reason) => Snake(reason.ToString());

    private static string Snake(string name) =>
        string.Concat(
            name.Select(
                (c, i) =>
                    char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLower(c, CultureInfo.InvariantCulture) : c.ToString()
            )
        );

    private static List<Mapped<T>>[] Lists<T>(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new List<Mapped<T>>())];

    private readonly record struct Mapped<T>(T Element, Row Row);

    private sealed record Answer(
        int Accepted,
        int Duplicates,
        IReadOnlyCollection<Rejection> Rejections,
        string? Witness
    );
}
