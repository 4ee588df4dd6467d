using Scoring.Core.Filters;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>Looks for accounts by what they were in the past, as it is put to a host.</summary>
/// <param name="Workspace">Their workspace.</param>
/// <param name="Conditions">What they must have met, one condition or another.</param>
/// <param name="Times">The instants, rising, at most <see cref="PastAccountMatch.MostTimes"/>.</param>
/// <param name="KnownAt">What was received later is left out; null for nothing.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
public sealed record PastAccountSearch(
    string Workspace,
    IReadOnlyList<Condition> Conditions,
    IReadOnlyList<Instant> Times,
    Instant? KnownAt,
    IReadOnlyList<int> Partitions
);

/// <summary>An account that met conditions at some of the instants of a search.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Times">Of each condition, at which instants: bit i stands for instant i.</param>
public sealed record PastAccountMatch(string AccountId, IReadOnlyList<ulong> Times)
{
    /// <summary>Most instants of a search: a bit for each.</summary>
    public const int MostTimes = 64;

    /// <summary>A filter as it is at an instant: it names the accounts that met then what it asks of them.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="accounts">Wherever they lie, the accounts that met what it asks of accounts, test by test in its order; null where it asks nothing of them.</param>
    /// <param name="time">Which instant of the search, from 0.</param>
    public static Filter FilterAt(Filter filter, IReadOnlyList<PastAccountMatch>? accounts, int time)
    {
        if (accounts is null)
        {
            return filter;
        }
        var tests = 0;
        return new(filter.Condition.Replace(part => part is Condition.OfAccount ? MetAt(tests++) : part));

        Condition.TextTest MetAt(int test) =>
            new(
                TextField.AccountId,
                "",
                TextOperator.Equals,
                [.. accounts.Where(of => (of.Times[test] >> time & 1) == 1).Select(of => of.AccountId)]
            );
    }
}
