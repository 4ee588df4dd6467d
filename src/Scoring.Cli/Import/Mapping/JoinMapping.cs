namespace Scoring.Cli.Import.Mapping;

/// <summary>Finds one row of another file: the one whose <see cref="Key"/> column equals <see cref="KeyValue"/>.</summary>
/// <param name="Name">How templates call the joined row.</param>
/// <param name="Line">Where the mapping file says so.</param>
/// <param name="File">The mapping's name of the joined file.</param>
/// <param name="Key">Column of the joined file.</param>
/// <param name="KeyValue">What it must equal, from this row.</param>
/// <param name="Latest">How to choose among several rows; null demands that keys are unique.</param>
/// <param name="Optional">Whether a row without a match is fine: the joined columns are empty then.</param>
internal sealed record JoinMapping(
    string Name,
    int Line,
    string File,
    string Key,
    Template KeyValue,
    LatestChoice? Latest,
    bool Optional
);

/// <summary>Chooses the row with the latest instant on or before another.</summary>
/// <param name="By">Column of the joined file that holds the instant.</param>
/// <param name="OnOrBefore">The instant it may not lie after, from this row.</param>
/// <param name="Ties">Column of the joined file that decides between equal instants: the greatest text in ordinal order.</param>
/// <param name="OtherwiseEarliest">Take the earliest row when none is early enough; false finds none.</param>
internal sealed record LatestChoice(string By, Template OnOrBefore, string Ties, bool OtherwiseEarliest);
