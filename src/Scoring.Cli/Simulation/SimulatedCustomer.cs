using Google.Protobuf.WellKnownTypes;
using Scoring.V1;

namespace Scoring.Cli.Simulation;

/// <summary>One person: what it is and, day by day, what it does.</summary>
internal sealed class SimulatedCustomer
{
    // Share of a usual weekday's activity, Sunday first.
    private static readonly double[] Weekday = [0.16, 1.0, 1.1, 1.08, 1.0, 0.82, 0.2];

    // What happens within a session beside page views and feature use: the type, and how many of it in an average session.
    private static readonly (string Type, double PerSession)[] WithinSession =
    [
        ("message_sent", 0.7),
        ("report_viewed", 0.3),
        ("content_created", 0.25),
        ("content_shared", 0.08),
        ("colleague_invited", 0.012),
        ("integration_connected", 0.008),
        ("survey_answered", 0.01),
        ("support_ticket_opened", 0.02),
        ("login_failed", 0.025),
    ];

    private readonly SimulationSettings _settings;
    private readonly Dice _dice;
    private readonly double _appetite;
    private readonly Journey _journey;
    private readonly double _turn;
    private readonly (string Item, double Weight)[] _features;
    private int _events;

    /// <summary>A customer by its number.</summary>
    public SimulatedCustomer(SimulationSettings settings, int number, SimulatedAccount account)
    {
        _settings = settings;
        _dice = new Dice(settings.Seed, (1UL << 40) + (ulong)number);
        Account = account;
        Id = $"user-{number + 1:D5}";
        Role = _dice.Pick(Market.Roles);
        // A quarter signed up within the time that is simulated, the others before it.
        FirstDay = _dice.Chance(0.25) ? _dice.Next(settings.Days) : -30 - _dice.Next(600);
        _appetite = Math.Min(_dice.NextLogNormal(0.45, 0.75) * Market.Intensity(account.Plan) * RoleFactor(Role), 2.6);
        _journey = PickJourney();
        _turn = settings.Days * (0.25 + (0.7 * _dice.NextDouble()));
        _features = [.. Market.Features.Where((_, i) => i < 2 || _dice.Chance(0.2 + (0.15 * _appetite)))];
    }

    public string Id { get; }

    public SimulatedAccount Account { get; }

    public string Role { get; }

    /// <summary>Day of the sign-up, counted from the first simulated day; negative is earlier.</summary>
    public int FirstDay { get; }

    public Customer ToCustomer() =>
        new()
        {
            CustomerId = Id,
            AccountId = Account.Id,
            Attributes =
            {
                ["plan"] = Account.Plan,
                ["country"] = Account.Country,
                ["industry"] = Account.Industry,
                ["role"] = Role,
                ["tenure"] = FirstDay > _settings.Days - 30 ? "onboarding" : "established",
            },
        };

    /// <summary>What the customer does on a day, in no particular order of time. Days must be asked for in order.</summary>
    public IEnumerable<Event> Live(int day)
    {
        if (day < FirstDay)
        {
            yield break;
        }

        var date = _settings.From.AddDays(day);
        if (day == FirstDay)
        {
            yield return Happen("subscription_started", date, 9);
        }

        foreach (var item in Turn(day, date))
        {
            yield return item;
        }

        var drive = _appetite * Weekday[(int)date.DayOfWeek] * Progress(day);
        var sessions = _dice.NextPoisson(drive);
        for (var i = 0; i < sessions; i++)
        {
            foreach (var item in Session(date, Progress(day) < 0.6 && _journey == Journey.Fading))
            {
                yield return item;
            }
        }
    }

    private static double RoleFactor(string role) =>
        role switch
        {
            "admin" => 1.5,
            "manager" => 0.8,
            _ => 1,
        };

    private Journey PickJourney()
    {
        var mood = Account.Mood;
        return _dice.Pick([
            (Journey.Steady, 46),
            (Journey.Growing, 14 + (22 * Math.Max(mood, 0))),
            (Journey.Fading, 9 + (34 * Math.Max(-mood, 0))),
            (Journey.Leaving, 3 + (10 * Math.Max(-mood, 0))),
            (Journey.Casual, 16),
        ]);
    }

    /// <summary>The day's share of the customer's full activity.</summary>
    private double Progress(int day)
    {
        var age = day - FirstDay;
        // Newcomers need about two weeks to find their way.
        var onboarding = FirstDay >= 0 ? 0.25 + (0.75 * Math.Min(age / 14.0, 1)) : 1;
        var life = _journey switch
        {
            Journey.Growing => 0.35 + (1.25 * day / _settings.Days),
            Journey.Fading => day < _turn ? 1 : Math.Exp(-(day - _turn) / 12),
            Journey.Leaving => day < _turn ? 0.9 : 0,
            Journey.Casual => 0.18,
            _ => 1,
        };
        return onboarding * life;
    }

    /// <summary>What happens on the one day on which things change for the customer.</summary>
    private IEnumerable<Event> Turn(int day, DateTimeOffset date)
    {
        if (day != (int)_turn || day <= FirstDay)
        {
            yield break;
        }

        switch (_journey)
        {
            case Journey.Leaving:
                yield return Happen("complaint", date, 9);
                yield return Happen("subscription_cancelled", date, 10);
                break;
            case Journey.Fading:
                yield return Happen(_dice.Chance(0.5) ? "complaint" : "payment_failed", date, 9);
                if (_dice.Chance(0.4))
                {
                    yield return Happen("subscription_downgraded", date, 10);
                }

                break;
            case Journey.Growing when Role == "admin" || _dice.Chance(0.3):
                yield return Happen("subscription_upgraded", date, 9);
                break;
        }
    }

    private IEnumerable<Event> Session(DateTimeOffset date, bool annoyed)
    {
        // Working hours, most in the late morning.
        var hour = Math.Clamp(11.5 + (2.8 * _dice.NextNormal()), 0.5, 22.5);
        yield return Happen("session_started", date, hour);
        for (var i = 1 + _dice.NextPoisson(1.2); i > 0; i--)
        {
            yield return Happen("page_viewed", date, hour);
        }

        for (var i = _dice.NextPoisson(1.1); i > 0; i--)
        {
            yield return Happen("feature_used", date, hour, 1 + _dice.NextPoisson(1.5), _dice.Pick(_features));
        }

        foreach (var (type, perSession) in WithinSession)
        {
            for (var i = _dice.NextPoisson(perSession); i > 0; i--)
            {
                yield return Happen(type, date, hour);
            }
        }

        if (Account.Plan != "free" && _dice.Chance(0.02))
        {
            yield return Happen("purchase", date, hour);
        }

        if (annoyed && _dice.Chance(0.12))
        {
            yield return Happen(_dice.Chance(0.5) ? "complaint" : "support_ticket_opened", date, hour);
        }
    }

    private Event Happen(string type, DateTimeOffset date, double hour, double? value = null, string feature = "")
    {
        var at = date.AddHours(hour).AddSeconds(_dice.Next(3600));
        var item = new Event
        {
            EventId = $"sim-{_settings.Seed}-{_settings.From:yyyyMMdd}-{_events++}",
            CustomerId = Id,
            Type = type,
            OccurredAt = Timestamp.FromDateTimeOffset(at),
            KnownAt = Timestamp.FromDateTimeOffset(at),
            Feature = feature,
        };
        if (value is { } given)
        {
            item.Value = given;
        }

        return item;
    }
}
