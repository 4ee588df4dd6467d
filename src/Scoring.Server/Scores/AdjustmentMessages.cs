using Scoring.Core.Adjustments;
using Scoring.Server.Fields;

namespace Scoring.Server.Scores;

/// <summary>Manual adjustments in the words of the contract.</summary>
internal static class AdjustmentMessages
{
    /// <summary>An adjustment of a customer.</summary>
    public static V1.ScoreAdjustment ToProto(CustomerAdjustment of)
    {
        var message = ToProto(of.Adjustment);
        message.CustomerId = of.CustomerId;
        return message;
    }

    /// <summary>An adjustment in what tells whose it is.</summary>
    public static V1.ScoreAdjustment ToProto(ScoreAdjustment adjustment)
    {
        var message = new V1.ScoreAdjustment
        {
            Model = adjustment.Model,
            Reason = adjustment.Reason,
            Author = adjustment.Author,
            CreateTime = Instants.ToTimestamp(adjustment.CreateTime),
            ExpireTime = adjustment.ExpireTime is { } end ? Instants.ToTimestamp(end) : null,
        };
        if (adjustment.Kind == AdjustmentKind.Set)
        {
            message.SetScore = adjustment.Score;
        }
        else
        {
            message.AddScore = adjustment.Score;
        }
        return message;
    }
}
