using Scoring.V1;
using Xunit.Sdk;

namespace Scoring.Acceptance.Tests.Crashes;

/// <summary>The ledger notices what it is there for.</summary>
public sealed class LedgerSpecs
{
    private const string Customer = "ada";
    private readonly Ledger _ledger = new();
    private readonly Event[] _events = [.. Enumerable.Range(1, 3).Select(number => Event($"{number}", number))];

    [Fact]
    public void What_was_acknowledged_counts_once()
    {
        _ledger.Send(_events);
        _ledger.Acknowledge(_events);

        AssertFits(1, 2, 3);
        AssertDoesNotFit(1, 2);
        AssertDoesNotFit(1, 2, 3, 3);
        AssertDoesNotFit();
    }

    [Fact]
    public void One_that_is_lost_for_one_that_is_doubled_is_noticed()
    {
        _ledger.Send(_events);
        _ledger.Acknowledge(_events);

        AssertDoesNotFit(1, 1, 3);
        AssertDoesNotFit(1, 3, 3);
    }

    [Fact]
    public void What_was_not_answered_counts_once_or_not()
    {
        _ledger.Send(_events);
        _ledger.Acknowledge(_events[..2]);

        AssertFits(1, 2);
        AssertFits(1, 2, 3);
        AssertDoesNotFit(1, 2, 3, 3);
        Assert.Equal([_events[2]], _ledger.Unknown);
    }

    [Fact]
    public void What_was_not_answered_counts_once_after_it_was_sent_again_and_acknowledged()
    {
        _ledger.Send(_events);
        _ledger.Send(_events);
        _ledger.Acknowledge(_events);

        AssertFits(1, 2, 3);
        AssertDoesNotFit(1, 2);
        AssertDoesNotFit(1, 1, 2, 2, 3, 3);
        Assert.Empty(_ledger.Unknown);
    }

    [Fact]
    public void What_was_refused_does_not_count_unless_an_attempt_before_had_no_answer()
    {
        _ledger.Send(_events);
        _ledger.Refuse(_events[..1]);
        _ledger.Send(_events[1..2]);
        _ledger.Refuse(_events[1..2]);
        _ledger.Acknowledge(_events[2..]);

        AssertFits(3);
        AssertFits(2, 3);
        AssertDoesNotFit(1, 2, 3);
    }

    [Fact]
    public void What_was_acknowledged_before_a_question_is_in_its_answer_and_what_was_sent_meanwhile_may_be()
    {
        _ledger.Send(_events[..1]);
        _ledger.Acknowledge(_events[..1]);
        var before = _ledger.Of(Customer);
        _ledger.Send(_events[1..]);
        _ledger.Acknowledge(_events[1..]);

        _ledger.Check(Customer, before, Told(1));
        _ledger.Check(Customer, before, Told(1, 2, 3));
        Assert.Throws<TrueException>(() => _ledger.Check(Customer, before, Told()));
    }

    [Fact]
    public void What_nobody_sent_is_noticed()
    {
        AssertDoesNotFit(1);
        _ledger.Send(_events);
        _ledger.Acknowledge(_events);
        Assert.Throws<TrueException>(() => _ledger.Check("eve", _ledger.Of("eve"), Told(1)));
        _ledger.Check(Ledger.Everybody, _ledger.Of(Ledger.Everybody), Told(1, 2, 3));
    }

    private static Event Event(string id, double value) =>
        new()
        {
            EventId = id,
            CustomerId = Customer,
            Type = "login",
            Value = value,
        };

    private static Dictionary<string, Figures> Told(params double[] values) =>
        new(StringComparer.Ordinal) { ["login"] = new(values.Length, values.Sum()) };

    private void AssertFits(params double[] values) => _ledger.Check(Customer, _ledger.Of(Customer), Told(values));

    private void AssertDoesNotFit(params double[] values) => Assert.Throws<TrueException>(() => AssertFits(values));
}
