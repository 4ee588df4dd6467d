using Scoring.Core.Accounts;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>Books what the health of an account changed by between two instants to its reasons.</summary>
/// <remarks>
/// <para>
/// The account is brought from the first instant to the second in steps, in the order of <see cref="AccountChangeKind"/>: first the periods move on over what its customers had done by the first instant, then
/// seats and key features become those of the second, customers go and come, and what happened meanwhile is added, event type by event type. In each step the dimensions change one after the other, depth feature by
/// feature, each in the order of its names. What the health changes by each time is a part, so that the parts add up whatever the formulas are.
/// </para>
/// <para>
/// The health is the mean of those dimensions that are there; a dimension that appears or disappears moves it, too, as part of the dimension. Each health on the way is rounded to millionths, so nothing is lost.
/// </para>
/// </remarks>
/// <param name="tally">The customers, step by step.</param>
/// <param name="windowDays">Length of the period, in days.</param>
/// <param name="settings">The workspace.</param>
internal sealed class AccountHealthLedger(AccountChangeTally tally, int windowDays, WorkspaceSettings settings)
{
    private readonly List<AccountHealthPart> _parts = [];
    private readonly SortedSet<string> _used = new(tally.From.FeaturesUsed, StringComparer.Ordinal);

    // By dimension.
    private readonly double?[] _dimensions = new double?[4];
    private long _micros;

    /// <summary>The parts.</summary>
    /// <param name="seatsBefore">Seats at the first instant; null when unknown.</param>
    /// <param name="seats">Seats at the second one.</param>
    public IReadOnlyList<AccountHealthPart> Book(int? seatsBefore, int? seats)
    {
        var (keyBefore, key) = (KeyFeaturesOf(tally.From), KeyFeaturesOf(tally.To));
        // The health at the first instant is where all begins.
        Book(new(AccountChangeKind.Time, "", 0, 0, tally.From), seatsBefore, keyBefore);
        _parts.Clear();
        foreach (var step in tally.Steps)
        {
            if (step.Kind == AccountChangeKind.Time)
            {
                Book(step, seatsBefore, keyBefore);
                Book(new(AccountChangeKind.Seats, "", 0, 0, step.Tally), seats, keyBefore);
                Book(new(AccountChangeKind.KeyFeatures, "", 0, 0, step.Tally), seats, key);
            }
            else
            {
                Book(step, seats, key);
            }
        }
        return _parts;
    }

    private HashSet<string> KeyFeaturesOf(AccountTally customers) =>
        (settings.KeyFeatures.Count > 0 ? settings.KeyFeatures : customers.FeatureNames).ToHashSet(
            StringComparer.Ordinal
        );

    private void Book(AccountChangeStep step, int? seats, HashSet<string> key)
    {
        var customers = step.Tally;
        Change(step, HealthDimension.Frequency, customers.FrequencyOver(windowDays).Part);
        Change(step, HealthDimension.Breadth, customers.BreadthOf(seats).Part);
        ChangeDepth();
        string[] other = [.. customers.FeaturesUsed.Except(_used).Concat(_used.Except(customers.FeaturesUsed))];
        foreach (var feature in other.Order(StringComparer.Ordinal))
        {
            if (!_used.Remove(feature))
            {
                _used.Add(feature);
            }
            ChangeDepth(feature);
        }
        Change(step, HealthDimension.Growth, customers.Growth.Part);

        void ChangeDepth(string feature = "")
        {
            var depth = new Depth(customers.Customers, key.Count(_used.Contains), key.Count);
            Change(step, HealthDimension.Depth, depth.Part, feature);
        }
    }

    private void Change(AccountChangeStep step, HealthDimension dimension, double? part, string feature = "")
    {
        _dimensions[dimension - HealthDimension.Frequency] = part;
        var micros = ScoreChange.MicrosOf(_dimensions.Average() ?? 0);
        if (micros != _micros)
        {
            _parts.Add(new(dimension, step.Kind, step.Subject, feature, step.Customers, step.Events, micros - _micros));
        }
        _micros = micros;
    }
}
