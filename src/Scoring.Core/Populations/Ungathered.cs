namespace Scoring.Core.Populations;

/// <summary>Of which customers that pass a filter no event totals are kept, so that they must be gathered from their facts.</summary>
internal enum Ungathered
{
    /// <summary>Of none.</summary>
    Nobody,

    /// <summary>Of those in no cohort.</summary>
    Others,

    /// <summary>Of all.</summary>
    Everybody,
}
