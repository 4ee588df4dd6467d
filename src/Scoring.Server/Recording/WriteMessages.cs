using Google.Protobuf.Collections;
using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Server.Errors;

namespace Scoring.Server.Recording;

/// <summary>What all answers to writes have in common.</summary>
internal static class WriteMessages
{
    /// <summary>Most that the answer to a batch has beside its rejections.</summary>
    private const int BesideRejections = 64;

    /// <summary>Most that a rejection has beside its texts, its own tag and length among them.</summary>
    private const int BesideTexts = 20;

    private static readonly V1.RecordEventResponse[] AnswersForOne =
    [
        .. from outcome in new[]
        {
            V1.RecordEventResponse.Types.Outcome.Accepted,
            V1.RecordEventResponse.Types.Outcome.Duplicate,
        }
        from durability in new[] { V1.Durability.OnDisk, V1.Durability.InOsCache }
        select new V1.RecordEventResponse { Outcome = outcome, Durability = durability },
    ];

    /// <summary>The answer for one event that was taken; shared by all calls, so not to be changed.</summary>
    public static V1.RecordEventResponse Recorded(WriteResult result) =>
        AnswersForOne[(result.Duplicates > 0 ? 2 : 0) + (result.Durability == Durability.OnDisk ? 0 : 1)];

    public static V1.Durability ToProto(Durability durability) =>
        durability == Durability.OnDisk ? V1.Durability.OnDisk : V1.Durability.InOsCache;

    /// <summary>Sees to it that a batch has no more elements than a call may have, nor than can be answered for in one message.</summary>
    public static void CheckCount(string field, int count, FrontOptions options)
    {
        var answered = (options.MaxMessageBytes - BesideRejections) / BesideTexts;
        if (count > options.MaxBatch)
        {
            throw CallErrors.BatchTooLarge(
                field,
                count,
                options.MaxBatch,
                "send smaller batches or raise Scoring:MaxBatch"
            );
        }
        if (count > answered)
        {
            throw CallErrors.BatchTooLarge(
                field,
                count,
                answered,
                "send smaller batches or raise Scoring:MaxMessageBytes, so that the answer can name each of them"
            );
        }
    }

    /// <summary>
    /// Adds two lists of rejections, each by rising index, as one by rising index. They must be answered for, since the rest of the batch has been
    /// taken: where a message has no room for all of their texts, the later ones are left out.
    /// </summary>
    public static void Merge(
        IReadOnlyList<Rejection> first,
        IReadOnlyList<Rejection> second,
        RepeatedField<V1.Rejection> target,
        FrontOptions options
    )
    {
        var roomForTexts = options.MaxMessageBytes - BesideRejections - ((first.Count + second.Count) * BesideTexts);
        var (a, b) = (0, 0);
        while (a < first.Count || b < second.Count)
        {
            var takeFirst = b == second.Count || (a < first.Count && first[a].Index <= second[b].Index);
            var rejection = ToProto(takeFirst ? first[a++] : second[b++]);
            roomForTexts -= rejection.CalculateSize();
            if (roomForTexts < 0)
            {
                (rejection.Field, rejection.Message) = ("", "");
            }
            target.Add(rejection);
        }
    }

    private static V1.Rejection ToProto(Rejection rejection) =>
        new()
        {
            Index = rejection.Index,
            Reason = ToProto(rejection.Reason),
            Field = rejection.Field,
            Message = rejection.Message,
        };

    private static V1.RejectionReason ToProto(RejectionReason reason) =>
        reason switch
        {
            RejectionReason.FieldMissing => V1.RejectionReason.FieldMissing,
            RejectionReason.FieldTooLong => V1.RejectionReason.FieldTooLong,
            RejectionReason.FieldInvalid => V1.RejectionReason.FieldInvalid,
            RejectionReason.OccurredAtInFuture => V1.RejectionReason.OccurredAtInFuture,
            RejectionReason.EventIdConflict => V1.RejectionReason.EventIdConflict,
            RejectionReason.LimitExceeded => V1.RejectionReason.LimitExceeded,
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not a reason of the contract"),
        };
}
