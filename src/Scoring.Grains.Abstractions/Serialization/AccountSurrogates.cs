using Scoring.Core.Accounts;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Grains.Serialization;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.account-health"), Immutable]
internal record struct AccountHealthSurrogate(
    [property: Id(0)] string AccountId,
    [property: Id(1)] KeyValuePair<string, string>[] Attributes,
    [property: Id(2)] long Customers,
    [property: Id(3)] long ActiveCustomers,
    [property: Id(4)] long ActiveDays,
    [property: Id(5)] long PreviousActiveDays,
    [property: Id(6)] int? Seats,
    [property: Id(7)] int FeaturesUsed,
    [property: Id(8)] int KeyFeatures,
    [property: Id(9)] BandCount[] Bands,
    [property: Id(10)] int WindowDays,
    [property: Id(11)] long ReadTicks,
    [property: Id(12)] string ModelName,
    [property: Id(13)] int ModelVersion,
    [property: Id(14)] AccountHistory History,
    [property: Id(15)] long AheadCustomers
);

[RegisterConverter]
internal sealed class AccountHealthConverter : IConverter<AccountHealth, AccountHealthSurrogate>
{
    public AccountHealth ConvertFromSurrogate(in AccountHealthSurrogate s) =>
        new()
        {
            AccountId = s.AccountId,
            Attributes = s.Attributes,
            Customers = s.Customers,
            AheadCustomers = s.AheadCustomers,
            Frequency = new Frequency(s.Customers, s.ActiveCustomers, s.ActiveDays, s.WindowDays),
            Breadth = new Breadth(s.ActiveCustomers, s.Seats),
            Depth = new Depth(s.Customers, s.FeaturesUsed, s.KeyFeatures),
            Growth = new Growth(s.ActiveDays, s.PreviousActiveDays, s.History),
            Bands = s.Bands,
            WindowDays = s.WindowDays,
            ReadTime = new Instant(s.ReadTicks),
            ModelName = s.ModelName,
            ModelVersion = s.ModelVersion,
        };

    public AccountHealthSurrogate ConvertToSurrogate(in AccountHealth value) =>
        new(
            value.AccountId,
            [.. value.Attributes],
            value.Customers,
            value.Frequency.ActiveCustomers,
            value.Growth.ActiveDays,
            value.Growth.PreviousActiveDays,
            value.Breadth.Seats,
            value.Depth.FeaturesUsed,
            value.Depth.KeyFeatures,
            [.. value.Bands],
            value.WindowDays,
            value.ReadTime.Ticks,
            value.ModelName,
            value.ModelVersion,
            value.Growth.History,
            value.AheadCustomers
        );
}
