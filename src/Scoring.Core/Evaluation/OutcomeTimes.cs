using Scoring.Core.History;
using Scoring.Core.Populations;
using Scoring.Core.Time;

namespace Scoring.Core.Evaluation;

/// <summary>When what is to be told beforehand happened to one customer, by all that is known now.</summary>
internal sealed class OutcomeTimes
{
    private readonly OutcomeRule _rule;
    private readonly Instant[] _times;

    // Where it depends on them: when the customer did something.
    private readonly Instant[] _active;
    private readonly Instant? _mergedAt;

    /// <param name="rule">What is to be told.</param>
    /// <param name="past">The customer.</param>
    /// <param name="passive">Types whose events make nobody active.</param>
    public OutcomeTimes(OutcomeRule rule, CustomerPast past, IReadOnlySet<string> passive)
    {
        _rule = rule;
        _active = rule is OutcomeRule.OfSilence ? Times(past, item => !passive.Contains(item.EventType)) : [];
        _times = rule switch
        {
            OutcomeRule.OfEvent of => Times(past, item => item.EventType == of.EventType),
            OutcomeRule.OfAttribute of => Settings(past, of),
            OutcomeRule.OfSilence of => Silences(_active, TimeSpan.FromDays(of.Days)),
            OutcomeRule.OfList of => of.Customers.TryGetValue(past.CustomerId, out var at) ? [at] : [],
            _ => throw new ArgumentOutOfRangeException(nameof(rule)),
        };
        _mergedAt = past.Changes is [.., { Kind: ChangeKind.Merged } merged] ? merged.ReceivedAt : null;
    }

    /// <summary>When it first happened; null when it never did.</summary>
    public Instant? First => _times.Length > 0 ? _times[0] : null;

    /// <summary>Whether a customer is looked at, at a cut-off, and how long after it it happened.</summary>
    /// <param name="population">The customer as it was at the cut-off.</param>
    /// <param name="row">Its row.</param>
    /// <param name="cutOff">The cut-off.</param>
    /// <param name="horizon">How long after that it may happen.</param>
    /// <param name="wait">How long after the cut-off it happened; null when it did not.</param>
    public bool IsLookedAt(Population population, int row, Instant cutOff, TimeSpan horizon, out TimeSpan? wait)
    {
        wait = null;
        if (_mergedAt <= cutOff + horizon || HadHappened(population, row, cutOff))
        {
            return false;
        }
        var next = FirstAfter(_times, cutOff);
        if (next < _times.Length && _times[next] <= cutOff + horizon)
        {
            wait = _times[next] - cutOff;
        }
        return true;
    }

    private bool HadHappened(Population population, int row, Instant cutOff) =>
        _rule switch
        {
            // The population also has what came before the archive, or with somebody who was merged into the customer.
            OutcomeRule.OfEvent of => !of.CanRecur && (First <= cutOff || population.HasEvents(row, of.EventType)),
            OutcomeRule.OfAttribute of => population.AttributeOf(row, of.Key) == of.Value,
            OutcomeRule.OfSilence of => SilentSince(cutOff) is not { } since
                || since + TimeSpan.FromDays(of.Days) <= cutOff,
            _ => First <= cutOff,
        };

    private Instant? SilentSince(Instant cutOff) =>
        FirstAfter(_active, cutOff) is var next and > 0 ? _active[next - 1] : null;

    private static Instant[] Times(CustomerPast past, Func<PastEvent, bool> isOne) =>
        [.. past.Events.Where(isOne).Select(item => item.OccurredAt).Order()];

    private static Instant[] Settings(CustomerPast past, OutcomeRule.OfAttribute of) =>
        [
            .. past
                .Changes.Where(change => change.Kind == ChangeKind.Update)
                .Where(change =>
                    ChangeCodec
                        .ReadUpdate(past.CustomerId, change.Content.Span)
                        .Attributes.Any(attribute => attribute.Key == of.Key && attribute.Value == of.Value)
                )
                .Select(change => change.ReceivedAt),
        ];

    /// <summary>The ends of silences: so long after something was done with nothing done since.</summary>
    private static Instant[] Silences(Instant[] active, TimeSpan length) =>
        [.. active.Where((at, i) => i + 1 == active.Length || active[i + 1] - at > length).Select(at => at + length)];

    /// <summary>The place of the first of rising instants that lies after one.</summary>
    private static int FirstAfter(Instant[] times, Instant after)
    {
        var place = Array.BinarySearch(times, new Instant(after.Ticks + 1));
        while (place > 0 && times[place - 1] > after)
        {
            place--;
        }
        return place < 0 ? ~place : place;
    }
}
