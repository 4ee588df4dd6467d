using Scoring.Core.Lifecycles;
using Scoring.Core.Segments;
using Scoring.Server.Fields;
using Scoring.Server.Scores;

namespace Scoring.Server.Segments;

/// <summary>Segment statistics in the words of the contract.</summary>
internal static class SegmentMessages
{
    public static V1.SegmentStats ToProto(SegmentStatistics statistics)
    {
        var message = new V1.SegmentStats
        {
            CustomerCount = statistics.Customers,
            EngagementIndex = statistics.EngagementIndex is { } index ? ToProto(index) : null,
            Activity = statistics.Activity is { } activity ? ToProto(activity) : null,
            ReadTime = Instants.ToTimestamp(statistics.ReadTime),
            ModelName = statistics.ModelName,
            ModelVersion = statistics.ModelVersion,
            AheadCustomerCount = statistics.AheadCustomers,
        };
        SetMoments(message, statistics);
        message.Percentiles.Add(statistics.Percentiles.Select(ToProto));
        message.Histogram.Add(statistics.Histogram.Select(ToProto));
        message.Bands.Add(statistics.Bands.Select(ToProto));
        message.Lifecycles.Add(statistics.Lifecycles.Select(ToProto));
        message.TopCustomers.Add(statistics.Top.Select(ToProto));
        message.BottomCustomers.Add(statistics.Bottom.Select(ToProto));
        message.EventTotals.Add(statistics.EventTotals.Select(ToProto));
        message.FilterHints.Add(statistics.FilterHints.Select(ToProto));
        return message;
    }

    public static V1.ComparedSegment ToProto(SegmentStatistics statistics, MeanDifference? difference)
    {
        var message = new V1.ComparedSegment { Stats = ToProto(statistics) };
        if (difference is not null)
        {
            message.Difference = new V1.ScoreDifference { MeanDifference = difference.Difference };
            Optional.Set(difference.Lower, lower => message.Difference.LowerBound = lower);
            Optional.Set(difference.Upper, upper => message.Difference.UpperBound = upper);
            Optional.Set(difference.EffectSize, size => message.Difference.EffectSize = size);
        }
        return message;
    }

    public static V1.GroupSegmentStatsResponse ToProto(SegmentGroups groups)
    {
        var message = new V1.GroupSegmentStatsResponse
        {
            Other = groups.Other is { } other ? ToProto(other, groups.Customers) : null,
            OtherGroupCount = groups.OtherGroups,
            CustomerCount = groups.Customers,
            AheadCustomerCount = groups.AheadCustomers,
            ReadTime = Instants.ToTimestamp(groups.ReadTime),
            ModelName = groups.ModelName,
            ModelVersion = groups.ModelVersion,
        };
        message.Groups.Add(groups.Groups.Select(group => ToProto(group, groups.Customers)));
        return message;
    }

    public static V1.Percentile ToProto(Percentile percentile) =>
        new() { Percentile_ = percentile.Rank, Score = percentile.Score };

    public static V1.BandCount ToProto(BandCount count)
    {
        var message = new V1.BandCount { Band = count.Band, CustomerCount = count.Customers };
        Optional.Set(count.Share, share => message.Share = share);
        return message;
    }

    public static V1.ContrastSegmentsResponse ToProto(SegmentContrast contrast)
    {
        var message = new V1.ContrastSegmentsResponse
        {
            CustomerCount = contrast.Customers,
            OtherCustomerCount = contrast.OtherCustomers,
            TraitCount = contrast.LookedAt,
            ReadTime = Instants.ToTimestamp(contrast.ReadTime),
            ModelName = contrast.ModelName,
            ModelVersion = contrast.ModelVersion,
        };
        message.Traits.Add(contrast.Traits.Select(trait => ToProto(trait, contrast)));
        return message;
    }

    private static V1.TraitDifference ToProto(TraitDifference difference, SegmentContrast contrast)
    {
        var message = new V1.TraitDifference
        {
            HolderCount = difference.Holders,
            OtherHolderCount = difference.OtherHolders,
            Share = (double)difference.Holders / contrast.Customers,
            OtherShare = (double)difference.OtherHolders / contrast.OtherCustomers,
            Difference = difference.Shares.Difference,
            LowerBound = difference.Shares.Lower,
            UpperBound = difference.Shares.Upper,
        };
        switch (difference.Trait.Kind)
        {
            case TraitKind.EventType:
                message.EventType = difference.Trait.Name;
                break;
            case TraitKind.Feature:
                message.Feature = difference.Trait.Name;
                break;
            default:
                message.Attribute = new() { Key = difference.Trait.Name, Value = difference.Trait.Value };
                break;
        }
        return message;
    }

    private static V1.SegmentGroup ToProto(SegmentGroup group, long all) =>
        new()
        {
            Values = { group.Values },
            CustomerCount = group.Customers,
            Share = (double)group.Customers / all,
            Mean = group.Mean,
            StandardDeviation = group.StandardDeviation,
            Min = group.Min,
            Max = group.Max,
            Bands = { group.Bands.Select(ToProto) },
            Lifecycles = { group.Lifecycles.Select(ToProto) },
            EngagementIndex = ToProto(group.EngagementIndex),
            Mau = group.MonthlyActive,
        };

    private static void SetMoments(V1.SegmentStats message, SegmentStatistics statistics)
    {
        Optional.Set(statistics.Mean, mean => message.Mean = mean);
        Optional.Set(statistics.StandardDeviation, deviation => message.StandardDeviation = deviation);
        Optional.Set(statistics.Min, min => message.Min = min);
        Optional.Set(statistics.Max, max => message.Max = max);
    }

    public static V1.EngagementIndex ToProto(EngagementIndex index) =>
        new()
        {
            Engaged = index.Engaged,
            SomewhatEngaged = index.SomewhatEngaged,
            NotEngaged = index.NotEngaged,
        };

    public static V1.Activity ToProto(Activity activity)
    {
        var message = new V1.Activity
        {
            Dau = activity.DailyActive,
            Wau = activity.WeeklyActive,
            Mau = activity.MonthlyActive,
            CompleteDaysMeanDau = activity.MeanDailyActive,
            CompleteDaysMau = activity.CompleteMonthlyActive,
        };
        Optional.Set(activity.Stickiness, stickiness => message.Stickiness = stickiness);
        Optional.Set(activity.StickinessToday, stickiness => message.StickinessToday = stickiness);
        return message;
    }

    private static V1.HistogramBucket ToProto(HistogramBucket bucket)
    {
        var message = new V1.HistogramBucket { CustomerCount = bucket.Customers };
        Optional.Set(bucket.From, from => message.LowerBound = from);
        Optional.Set(bucket.To, to => message.UpperBound = to);
        return message;
    }

    public static V1.RankedCustomer ToProto(RankedCustomer customer)
    {
        var message = new V1.RankedCustomer
        {
            CustomerId = customer.CustomerId,
            AccountId = customer.AccountId,
            Score = customer.Score,
            Lifecycle = ScoreMessages.ToProto(customer.Lifecycle),
        };
        Optional.Set(customer.Momentum, momentum => message.Momentum = momentum);
        return message;
    }

    public static V1.LifecycleCount ToProto(LifecycleCount count)
    {
        var message = new V1.LifecycleCount
        {
            Lifecycle = ScoreMessages.ToProto(count.Lifecycle),
            CustomerCount = count.Customers,
        };
        Optional.Set(count.Share, share => message.Share = share);
        return message;
    }

    private static V1.FilterHint ToProto(FilterHint hint) =>
        new()
        {
            ClauseIndex = hint.Clause,
            Key = hint.Key,
            Value = hint.Value,
            KeyKnown = hint.KeyKnown,
            SuggestedKeys = { hint.SuggestedKeys },
            SuggestedValues = { hint.SuggestedValues },
        };

    private static V1.EventTypeTotal ToProto(EventTypeTotal total) =>
        new()
        {
            EventType = total.EventType,
            CustomerCount = total.Customers,
            EventCount = total.Count,
            ValueSum = total.Value,
        };
}
