using Google.Protobuf.WellKnownTypes;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Rpc;
using Scoring.Service.Fields;
using Scoring.Service.Models;
using Scoring.Service.Wire;

namespace Scoring.Service.Scores;

/// <summary>Writes a <see cref="V1.Score"/> without the objects that it is made of; byte by byte what <see cref="ScoreMessages"/> gives serialized.</summary>
internal static class ScoreEncoding
{
    /// <summary>More than a score with 20 terms takes.</summary>
    private const int TypicalBytes = 2_048;

    public static EncodedMessage<V1.Score> Encode(CustomerScore score)
    {
        var writer = new WireWriter(stackalloc byte[TypicalBytes]);
        try
        {
            Write(ref writer, score);
            return new EncodedMessage<V1.Score>(writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static void Write(ref WireWriter writer, CustomerScore score)
    {
        writer.Text(V1.Score.CustomerIdFieldNumber, score.CustomerId);
        writer.Text(V1.Score.AccountIdFieldNumber, score.AccountId);
        writer.Double(V1.Score.Score_FieldNumber, score.Score);
        writer.Double(V1.Score.IndexFieldNumber, score.Index);
        writer.Text(V1.Score.BandFieldNumber, score.Band);
        if (score.Momentum is { } momentum)
        {
            writer.GivenDouble(V1.Score.MomentumFieldNumber, momentum);
        }
        foreach (var contribution in score.Contributions)
        {
            var start = writer.Begin(V1.Score.ContributionsFieldNumber);
            Write(ref writer, contribution);
            writer.End(start);
        }
        if (score.NextBand is { } next)
        {
            var start = writer.Begin(V1.Score.NextBandFieldNumber);
            Write(ref writer, next);
            writer.End(start);
        }
        writer.Text(V1.Score.ModelNameFieldNumber, score.ModelName);
        writer.Varint(V1.Score.ModelVersionFieldNumber, score.ModelVersion);
        Write(ref writer, V1.Score.ReadTimeFieldNumber, score.ReadTime);
        if (score.LastEventTime is { } last)
        {
            Write(ref writer, V1.Score.LastEventTimeFieldNumber, last);
        }
        writer.Double(V1.Score.PointsFieldNumber, score.Points);
        foreach (var (key, value) in score.Attributes)
        {
            var start = writer.Begin(V1.Score.AttributesFieldNumber);
            writer.Text(1, key);
            writer.Text(2, value);
            writer.End(start);
        }
    }

    private static void Write(ref WireWriter writer, Contribution contribution)
    {
        var term = contribution.Term;
        writer.Text(V1.Contribution.EventTypeFieldNumber, term.EventType);
        writer.Varint(V1.Contribution.HalfLifeDaysFieldNumber, term.HalfLifeDays);
        writer.Varint(V1.Contribution.MeasureFieldNumber, (long)ModelMessages.ToProto(term.Measure));
        writer.Double(V1.Contribution.QuantityFieldNumber, contribution.Quantity);
        writer.Double(V1.Contribution.WeightFieldNumber, term.Weight);
        writer.Double(V1.Contribution.PointsFieldNumber, contribution.Points);
        writer.Varint(V1.Contribution.CappedFieldNumber, contribution.Capped ? 1 : 0);
    }

    private static void Write(ref WireWriter writer, NextBand next)
    {
        writer.Text(V1.NextBand.BandFieldNumber, next.Band);
        writer.Double(V1.NextBand.FromScoreFieldNumber, next.FromScore);
        writer.Double(V1.NextBand.PointsFieldNumber, next.Points);
        writer.Varint(V1.NextBand.ExclusiveFieldNumber, next.Exclusive ? 1 : 0);
    }

    private static void Write(ref WireWriter writer, int field, Instant instant)
    {
        var (seconds, nanos) = Instants.Split(instant);
        var start = writer.Begin(field);
        writer.Varint(Timestamp.SecondsFieldNumber, seconds);
        writer.Varint(Timestamp.NanosFieldNumber, nanos);
        writer.End(start);
    }
}
