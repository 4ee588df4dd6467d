using Scoring.V1;

namespace Scoring.Acceptance.Tests.Crashes;

/// <summary>The test's own record of every event that was sent and of what was answered. Safe for concurrent use.</summary>
/// <remarks>
/// What was acknowledged counts once. What was sent and not answered may count or not, never twice; sent again under its id and acknowledged it
/// counts once. What was refused does not count.
/// </remarks>
internal sealed class Ledger
{
    /// <summary>Stands for all customers together.</summary>
    public const string Everybody = "";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Event Event, bool IsRepeated)> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Customer, string Type), Bounds> _bounds = [];

    /// <summary>How many events were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>What was sent, and neither acknowledged nor refused.</summary>
    public IReadOnlyList<Event> Unknown
    {
        get
        {
            lock (_gate)
            {
                return [.. _open.Values.Select(open => open.Event)];
            }
        }
    }

    /// <summary>Events are about to be sent, those without an answer again.</summary>
    public void Send(IEnumerable<Event> events)
    {
        lock (_gate)
        {
            foreach (var item in events)
            {
                if (_open.TryAdd(item.EventId, (item, false)))
                {
                    Change(item, bounds => bounds with { Most = bounds.Most + Of(item) });
                }
                else
                {
                    _open[item.EventId] = (item, true);
                }
            }
        }
    }

    /// <summary>Events count.</summary>
    public void Acknowledge(IEnumerable<Event> events)
    {
        lock (_gate)
        {
            foreach (var item in events)
            {
                Assert.True(_open.Remove(item.EventId));
                Change(item, bounds => bounds with { Least = bounds.Least + Of(item) });
                Acknowledged++;
            }
        }
    }

    /// <summary>Nothing of events was taken by the last attempt; by one before it may have been.</summary>
    public void Refuse(IEnumerable<Event> events)
    {
        lock (_gate)
        {
            foreach (var item in events.Where(item => !_open[item.EventId].IsRepeated))
            {
                _open.Remove(item.EventId);
                Change(item, bounds => bounds with { Most = bounds.Most - Of(item) });
            }
        }
    }

    /// <summary>What counts of a customer, or of everybody, by type of event.</summary>
    public IReadOnlyDictionary<string, Bounds> Of(string customer)
    {
        lock (_gate)
        {
            return _bounds
                .Where(pair => customer is Everybody || pair.Key.Customer == customer)
                .GroupBy(pair => pair.Key.Type, pair => pair.Value)
                .ToDictionary(type => type.Key, type => type.Aggregate((sum, more) => sum + more));
        }
    }

    /// <summary>Fails where a service tells of a customer, or of everybody, what cannot be.</summary>
    /// <param name="customer">Of whom.</param>
    /// <param name="before">What counted before the service was asked.</param>
    /// <param name="told">What it answered, by type of event.</param>
    public void Check(
        string customer,
        IReadOnlyDictionary<string, Bounds> before,
        IReadOnlyDictionary<string, Figures> told
    )
    {
        var after = Of(customer);
        foreach (var type in told.Keys.Union(after.Keys))
        {
            var bounds = new Bounds(before.GetValueOrDefault(type).Least, after.GetValueOrDefault(type).Most);
            var figures = told.GetValueOrDefault(type);
            Assert.True(
                bounds.Contain(figures),
                $"{type} of {(customer is Everybody ? "everybody" : customer)}: {figures} told, {bounds} sent."
            );
        }
    }

    private static Figures Of(Event item) => new(1, item.Value);

    private void Change(Event item, Func<Bounds, Bounds> change)
    {
        var key = (item.CustomerId, item.Type);
        _bounds[key] = change(_bounds.GetValueOrDefault(key));
    }
}
