using Scoring.Core.Time;

namespace Scoring.Engine.Checkpoints;

/// <summary>By what files of archives are made anew.</summary>
/// <param name="Now">The present.</param>
/// <param name="KeptFrom">What was received in months before this one need not be kept.</param>
/// <param name="Unreadable">Told of a file that cannot be read.</param>
internal sealed record ArchiveUpkeep(Instant Now, Instant KeptFrom, Action<StoreException> Unreadable);
