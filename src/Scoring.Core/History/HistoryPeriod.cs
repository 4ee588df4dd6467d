namespace Scoring.Core.History;

/// <summary>How far points of a history lie apart: each lies at the instant 00:00 UTC that ends a period.</summary>
public enum HistoryPeriod
{
    /// <summary>UTC days.</summary>
    Day,

    /// <summary>ISO weeks, which begin on Monday.</summary>
    Week,

    /// <summary>Months.</summary>
    Month,
}
