using Scoring.Core.Accounts;
using Scoring.Core.Names;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Relay;

[GenerateSerializer, Alias("scoring.segment-question"), Immutable]
internal struct SegmentQuestionSurrogate
{
    [Id(0)]
    public SegmentQuery Query;

    [Id(1)]
    public int ModelVersion;

    [Id(2)]
    public long ReadTicks;

    [Id(3)]
    public long AheadFromTicks;

    [Id(4)]
    public int[] Partitions;

    [Id(5)]
    public bool FewScores;
}

[RegisterConverter]
internal sealed class SegmentQuestionConverter : IConverter<SegmentQuestion, SegmentQuestionSurrogate>
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
        new()
        {
            Query = value.Query,
            ModelVersion = value.ModelVersion,
            ReadTicks = value.ReadTime.Ticks,
            AheadFromTicks = value.AheadFrom.Ticks,
            Partitions = [.. value.Partitions],
            FewScores = value.FewScores,
        };
}

[GenerateSerializer, Alias("scoring.account-question"), Immutable]
internal struct AccountQuestionSurrogate
{
    [Id(0)]
    public string Workspace;

    [Id(1)]
    public string AccountId;

    [Id(2)]
    public int WindowDays;

    [Id(3)]
    public string Model;

    [Id(4)]
    public long? AskedTicks;

    [Id(5)]
    public int ModelVersion;

    [Id(6)]
    public long ReadTicks;

    [Id(7)]
    public long AheadFromTicks;

    [Id(8)]
    public int[] Partitions;
}

[RegisterConverter]
internal sealed class AccountQuestionConverter : IConverter<AccountQuestion, AccountQuestionSurrogate>
{
    public AccountQuestion ConvertFromSurrogate(in AccountQuestionSurrogate s)
    {
        Instant? asked = s.AskedTicks is { } ticks ? new Instant(ticks) : null;
        var query = new AccountHealthQuery(s.Workspace, s.AccountId, s.WindowDays, s.Model, asked);
        return new(query, s.ModelVersion, new Instant(s.ReadTicks), new Instant(s.AheadFromTicks), s.Partitions);
    }

    public AccountQuestionSurrogate ConvertToSurrogate(in AccountQuestion value) =>
        new()
        {
            Workspace = value.Query.Workspace,
            AccountId = value.Query.AccountId,
            WindowDays = value.Query.WindowDays,
            Model = value.Query.Model,
            AskedTicks = value.Query.ReadTime?.Ticks,
            ModelVersion = value.ModelVersion,
            ReadTicks = value.ReadTime.Ticks,
            AheadFromTicks = value.AheadFrom.Ticks,
            Partitions = [.. value.Partitions],
        };
}

[GenerateSerializer, Alias("scoring.known-name"), Immutable]
internal struct KnownNameSurrogate
{
    [Id(0)]
    public NameKind Kind;

    [Id(1)]
    public string Name;
}

[RegisterConverter]
internal sealed class KnownNameConverter : IConverter<KnownName, KnownNameSurrogate>
{
    public KnownName ConvertFromSurrogate(in KnownNameSurrogate s) => new(s.Kind, s.Name);

    public KnownNameSurrogate ConvertToSurrogate(in KnownName value) => new() { Kind = value.Kind, Name = value.Name };
}

[GenerateSerializer, Alias("scoring.name-use"), Immutable]
internal struct NameUseSurrogate
{
    [Id(0)]
    public KnownName Name;

    [Id(1)]
    public int? LastDay;

    [Id(2)]
    public long? Holders;

    [Id(3)]
    public string[] UsedBy;
}

[RegisterConverter]
internal sealed class NameUseConverter : IConverter<NameUse, NameUseSurrogate>
{
    public NameUse ConvertFromSurrogate(in NameUseSurrogate s) => new(s.Name, s.LastDay, s.Holders, s.UsedBy);

    public NameUseSurrogate ConvertToSurrogate(in NameUse value) =>
        new()
        {
            Name = value.Name,
            LastDay = value.LastDay,
            Holders = value.Holders,
            UsedBy = [.. value.UsedBy],
        };
}

[GenerateSerializer, Alias("scoring.name-room"), Immutable]
internal struct NameRoomSurrogate
{
    [Id(0)]
    public NameKind Kind;

    [Id(1)]
    public int Used;

    [Id(2)]
    public int Limit;
}

[RegisterConverter]
internal sealed class NameRoomConverter : IConverter<NameRoom, NameRoomSurrogate>
{
    public NameRoom ConvertFromSurrogate(in NameRoomSurrogate s) => new(s.Kind, s.Used, s.Limit);

    public NameRoomSurrogate ConvertToSurrogate(in NameRoom value) =>
        new()
        {
            Kind = value.Kind,
            Used = value.Used,
            Limit = value.Limit,
        };
}
