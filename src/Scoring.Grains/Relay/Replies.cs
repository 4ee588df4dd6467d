using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Grains.Relay;

// What silos tell each other for the calls of IPartitionHost. Ids and aliases never change, and those of fields that are gone are not used again. Every
// reply names the partitions that are absent, and says whether its silo has another version of the model.

/// <summary>What became of a write.</summary>
[GenerateSerializer, Alias("scoring.write-reply"), Immutable]
internal sealed record WriteReply(
    [property: Id(0)] WriteResult? Result,
    [property: Id(1)] int[] Absent,
    [property: Id(2)] bool HasOtherModel
);

/// <summary>Asks for scores.</summary>
[GenerateSerializer, Alias("scoring.score-message"), Immutable]
internal sealed record ScoreMessage(
    [property: Id(0)] string Workspace,
    [property: Id(1)] string[] CustomerIds,
    [property: Id(2)] string Model,
    [property: Id(3)] int ModelVersion,
    [property: Id(4)] Instant? ReadTime
);

/// <summary>Scores, in the order of the question.</summary>
/// <param name="Scores">
/// Each serialized by itself: within a message Orleans looks up every object, should it have been there before, which costs more the more there are.
/// Empty for a customer of whom nothing is known.
/// </param>
/// <param name="Absent">Absent partitions.</param>
/// <param name="HasOtherModel">Whether the model is another.</param>
[GenerateSerializer, Alias("scoring.score-reply"), Immutable]
internal sealed record ScoreReply(
    [property: Id(0)] byte[][]? Scores,
    [property: Id(1)] int[] Absent,
    [property: Id(2)] bool HasOtherModel
);

/// <summary>The tally of a segment.</summary>
/// <remarks>Id 1 said to versions before whether scores could be asked for after it.</remarks>
/// <param name="Tally">That of all customers of the silo; null when none of the partitions is there.</param>
/// <param name="Absent">Absent partitions.</param>
/// <param name="HasOtherModel">Whether the model is another.</param>
[GenerateSerializer, Alias("scoring.tally-reply"), Immutable]
internal sealed record TallyReply(
    [property: Id(0)] byte[]? Tally,
    [property: Id(2)] int[] Absent,
    [property: Id(3)] bool HasOtherModel
);

/// <summary>The tally of an account's members, and the account if its partition is there.</summary>
[GenerateSerializer, Alias("scoring.account-reply"), Immutable]
internal sealed record AccountReply(
    [property: Id(0)] byte[]? Tally,
    [property: Id(1)] byte[]? Account,
    [property: Id(2)] int[] Absent,
    [property: Id(3)] bool HasOtherModel
);

/// <summary>What was perhaps meant by a filter.</summary>
[GenerateSerializer, Alias("scoring.hint-reply"), Immutable]
internal sealed record HintReply(
    [property: Id(0)] FilterHint[]? Hints,
    [property: Id(1)] int[] Absent,
    [property: Id(2)] bool HasOtherModel
);

/// <summary>The names of a workspace.</summary>
[GenerateSerializer, Alias("scoring.name-reply"), Immutable]
internal sealed record NameReply(
    [property: Id(0)] NameUse[]? Names,
    [property: Id(1)] NameRoom[]? Rooms,
    [property: Id(2)] KnownName[]?[]? Reserved,
    [property: Id(3)] int[] Absent,
    [property: Id(4)] bool HasOtherModel
);
