namespace Scoring.Engine.Duplicates;

/// <summary>What the window knows of an event.</summary>
internal enum Sighting
{
    /// <summary>Not in the window.</summary>
    New,

    /// <summary>There, with the same content.</summary>
    Same,

    /// <summary>There, with other content.</summary>
    Different,
}
