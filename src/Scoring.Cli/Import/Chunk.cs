using System.Globalization;
using Scoring.Cli.Import.Mapping;
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
    /// <returns>A customer that the server knows now; null when there is none among these rows.</returns>
    public async Task<string?> SendAsync(IImportTarget target, CancellationToken cancellationToken)
    {
        string? witness = null;
        for (var i = 0; i < rules.Count; i++)
        {
            await SendAsync(_accounts[i], tallies[i], AccountsAsync);
        }

        for (var i = 0; i < rules.Count; i++)
        {
            witness = await SendAsync(_customers[i], tallies[i], CustomersAsync) ?? witness;
        }

        for (var i = 0; i < rules.Count; i++)
        {
            witness = await SendAsync(_events[i], tallies[i], EventsAsync) ?? witness;
        }

        Rows = 0;
        return witness;

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

        async Task<Answer> EventsAsync(Event[] events)
        {
            var answer = await target.RecordEventsAsync(events, cancellationToken);
            return new Answer(
                answer.AcceptedCount,
                answer.DuplicateCount,
                answer.Rejections,
                Taken(events, answer.Rejections)?.CustomerId
            );
        }
    }

    private static async Task<string?> SendAsync<T>(
        List<Mapped<T>> mapped,
        RuleTally tally,
        Func<T[], Task<Answer>> send
    )
    {
        string? witness = null;
        foreach (var part in mapped.Chunk(ElementsPerCall))
        {
            var answer = await send([.. part.Select(m => m.Element)]);
            tally.Sent += part.Length;
            tally.Accepted += answer.Accepted;
            tally.Duplicates += answer.Duplicates;
            foreach (var rejection in answer.Rejections)
            {
                tally.RejectedThere(Reason(rejection.Reason), part[rejection.Index].Line, rejection.Message);
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
        var line = scope.Row.Line;
        if (scope.Row.Error is { } error)
        {
            tally.RejectHere(RowRejection.MalformedRow, line, error);
            return;
        }

        var wanted = rules[i].Wants(scope);
        if (scope.Rejection is null && !wanted)
        {
            tally.Unwanted++;
            return;
        }

        switch (rules[i])
        {
            case AccountRule rule when RowMapper.Map(rule, scope) is { } account:
                _accounts[i].Add(new(account, line));
                break;
            case CustomerRule rule when RowMapper.Map(rule, scope) is { } customer:
                _customers[i].Add(new(customer, line));
                break;
            case EventRule rule when RowMapper.Map(rule, scope) is { } mapped:
                _events[i].Add(new(mapped, line));
                break;
            default:
                var rejection =
                    scope.Rejection ?? throw new InvalidOperationException("A rule gave neither element nor reason.");
                tally.RejectHere(rejection.Reason, line, rejection.Message);
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

    private readonly record struct Mapped<T>(T Element, long Line);

    private sealed record Answer(
        int Accepted,
        int Duplicates,
        IReadOnlyCollection<Rejection> Rejections,
        string? Witness
    );
}
