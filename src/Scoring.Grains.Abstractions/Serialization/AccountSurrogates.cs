using Scoring.Core.Accounts;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Grains.Serialization;

// The domain knows nothing of Orleans: what grains are told and answer in its types goes over the wire in these forms. Ids and aliases
// never change; fields are only added.

[GenerateSerializer, Alias("scoring.account-health"), Immutable]
internal struct AccountHealthSurrogate
{
    [Id(0)]
    public string AccountId;

    [Id(1)]
    public KeyValuePair<string, string>[] Attributes;

    [Id(2)]
    public long Customers;

    [Id(3)]
    public long ActiveCustomers;

    [Id(4)]
    public long ActiveDays;

    [Id(5)]
    public long PreviousActiveDays;

    [Id(6)]
    public int? Seats;

    [Id(7)]
    public int FeaturesUsed;

    [Id(8)]
    public int KeyFeatures;

    [Id(9)]
    public BandCount[] Bands;

    [Id(10)]
    public int WindowDays;

    [Id(11)]
    public long ReadTicks;

    [Id(12)]
    public string ModelName;

    [Id(13)]
    public int ModelVersion;

    [Id(14)]
    public AccountHistory History;

    [Id(15)]
    public long AheadCustomers;
}

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
        new()
        {
            AccountId = value.AccountId,
            Attributes = [.. value.Attributes],
            Customers = value.Customers,
            ActiveCustomers = value.Frequency.ActiveCustomers,
            ActiveDays = value.Growth.ActiveDays,
            PreviousActiveDays = value.Growth.PreviousActiveDays,
            Seats = value.Breadth.Seats,
            FeaturesUsed = value.Depth.FeaturesUsed,
            KeyFeatures = value.Depth.KeyFeatures,
            Bands = [.. value.Bands],
            WindowDays = value.WindowDays,
            ReadTicks = value.ReadTime.Ticks,
            ModelName = value.ModelName,
            ModelVersion = value.ModelVersion,
            History = value.Growth.History,
            AheadCustomers = value.AheadCustomers,
        };
}
