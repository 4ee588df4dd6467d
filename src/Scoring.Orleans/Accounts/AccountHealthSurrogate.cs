using Scoring.Core.Accounts;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Cluster.Accounts;

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
    public string[] Bands;

    [Id(10)]
    public long[] BandCustomers;

    [Id(11)]
    public int WindowDays;

    [Id(12)]
    public long ReadTicks;

    [Id(13)]
    public string ModelName;

    [Id(14)]
    public int ModelVersion;

    [Id(15)]
    public TimeSpan Lag;

    [Id(16)]
    public AccountHistory History;
}

[RegisterConverter]
internal sealed class AccountHealthConverter : IConverter<AccountHealth, AccountHealthSurrogate>
{
    public AccountHealth ConvertFromSurrogate(in AccountHealthSurrogate s)
    {
        var (bands, counts, all) = (s.Bands, s.BandCustomers, s.BandCustomers.Sum());
        return new AccountHealth
        {
            AccountId = s.AccountId,
            Attributes = s.Attributes,
            Customers = s.Customers,
            Frequency = new Frequency(s.Customers, s.ActiveCustomers, s.ActiveDays, s.WindowDays),
            Breadth = new Breadth(s.ActiveCustomers, s.Seats),
            Depth = new Depth(s.Customers, s.FeaturesUsed, s.KeyFeatures),
            Growth = new Growth(s.ActiveDays, s.PreviousActiveDays, s.History),
            Bands =
            [
                .. bands.Select((band, i) => new BandCount(band, counts[i], all == 0 ? null : (double)counts[i] / all)),
            ],
            WindowDays = s.WindowDays,
            ReadTime = new Instant(s.ReadTicks),
            ModelName = s.ModelName,
            ModelVersion = s.ModelVersion,
            Lag = s.Lag,
        };
    }

    public AccountHealthSurrogate ConvertToSurrogate(in AccountHealth value) =>
        new()
        {
            AccountId = value.AccountId,
            Attributes = [.. value.Attributes],
            Customers = value.Customers,
            ActiveCustomers = value.Frequency.ActiveCustomers,
            ActiveDays = value.Frequency.ActiveDays,
            PreviousActiveDays = value.Growth.PreviousActiveDays,
            Seats = value.Breadth.Seats,
            FeaturesUsed = value.Depth.FeaturesUsed,
            KeyFeatures = value.Depth.KeyFeatures,
            Bands = [.. value.Bands.Select(b => b.Band)],
            BandCustomers = [.. value.Bands.Select(b => b.Customers)],
            WindowDays = value.WindowDays,
            ReadTicks = value.ReadTime.Ticks,
            ModelName = value.ModelName,
            ModelVersion = value.ModelVersion,
            Lag = value.Lag,
            History = value.Growth.History,
        };
}
