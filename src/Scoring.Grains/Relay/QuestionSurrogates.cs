using Scoring.Core.Accounts;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Relay;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.segment-question"), Immutable]
internal record struct SegmentQuestionSurrogate(
    [property: Id(0)] SegmentQuery Query,
    [property: Id(1)] int ModelVersion,
    [property: Id(2)] long ReadTicks,
    [property: Id(3)] long AheadFromTicks,
    [property: Id(4)] int[] Partitions,
    [property: Id(5)] bool FewScores
);

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.account-question"), Immutable]
internal record struct AccountQuestionSurrogate(
    [property: Id(0)] string Workspace,
    [property: Id(1)] string AccountId,
    [property: Id(2)] int WindowDays,
    [property: Id(3)] string Model,
    [property: Id(4)] long? AskedTicks,
    [property: Id(5)] int ModelVersion,
    [property: Id(6)] long ReadTicks,
    [property: Id(7)] long AheadFromTicks,
    [property: Id(8)] int[] Partitions
);

[RegisterConverter]
internal sealed class QuestionConverter
    : IConverter<SegmentQuestion, SegmentQuestionSurrogate>,
        IConverter<AccountQuestion, AccountQuestionSurrogate>
{
    public SegmentQuestion ConvertFromSurrogate(in SegmentQuestionSurrogate s) =>
        new(
            s.Query,
            s.ModelVersion,
            new Instant(s.ReadTicks),
            new Instant(s.AheadFromTicks),
            s.Partitions,
            s.FewScores
        );

    public SegmentQuestionSurrogate ConvertToSurrogate(in SegmentQuestion value) =>
        new(
            value.Query,
            value.ModelVersion,
            value.ReadTime.Ticks,
            value.AheadFrom.Ticks,
            [.. value.Partitions],
            value.FewScores
        );

    public AccountQuestion ConvertFromSurrogate(in AccountQuestionSurrogate s)
    {
        Instant? asked = s.AskedTicks is { } ticks ? new Instant(ticks) : null;
        var query = new AccountHealthQuery(s.Workspace, s.AccountId, s.WindowDays, s.Model, asked);
        return new(query, s.ModelVersion, new Instant(s.ReadTicks), new Instant(s.AheadFromTicks), s.Partitions);
    }

    public AccountQuestionSurrogate ConvertToSurrogate(in AccountQuestion value)
    {
        var (query, version, readTime, aheadFrom, partitions) = value;
        var (workspace, account, days, model, asked) = query;
        return new(
            workspace,
            account,
            days,
            model,
            asked?.Ticks,
            version,
            readTime.Ticks,
            aheadFrom.Ticks,
            [.. partitions]
        );
    }
}
