namespace Scoring.Server.Segments;

/// <summary>A saved segment as it is kept.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Filter">Which customers, as it was written.</param>
/// <param name="Version">The version of its workspace's segments that it was put with, which is no other's.</param>
/// <param name="CreatedAt">When it was put for the first time.</param>
/// <param name="UpdatedAt">When it was put last.</param>
/// <param name="Author">Who put it last.</param>
internal sealed record StoredSegment(
    string Name,
    string Description,
    string Filter,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string Author
);
