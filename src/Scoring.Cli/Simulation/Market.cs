namespace Scoring.Cli.Simulation;

/// <summary>Who there is: plans, countries, industries, roles and features, with how common they are.</summary>
internal static class Market
{
    public static readonly (string Item, double Weight)[] Plans =
    [
        ("free", 40),
        ("starter", 28),
        ("pro", 22),
        ("enterprise", 10),
    ];

    public static readonly (string Item, double Weight)[] Countries =
    [
        ("US", 38),
        ("GB", 14),
        ("DE", 13),
        ("FR", 9),
        ("IN", 12),
        ("BR", 8),
        ("JP", 6),
    ];

    public static readonly (string Item, double Weight)[] Industries =
    [
        ("software", 26),
        ("finance", 18),
        ("retail", 20),
        ("health", 14),
        ("education", 12),
        ("media", 10),
    ];

    public static readonly (string Item, double Weight)[] Roles = [("member", 74), ("manager", 16), ("admin", 10)];

    public static readonly (string Item, double Weight)[] Features =
    [
        ("dashboards", 30),
        ("search", 24),
        ("exports", 14),
        ("alerts", 10),
        ("automation", 8),
        ("api", 6),
        ("forecast", 5),
        ("audit_log", 3),
    ];

    private static readonly string[] First = Words(
        "Acorn Beacon Cobalt Delta Ember Fjord Garnet Harbor Indigo Juniper Kestrel Lumen Maple Nimbus Onyx Pioneer Quartz River Summit Tundra"
    );

    private static readonly string[] Second = Words(
        "Works Labs Group Systems Foods Health Media Bank Motors Studio Logistics Energy Textiles Academy Partners Robotics Travel Insurance"
    );

    private static string[] Words(string text) => text.Split(' ');

    /// <summary>How much more the people of a paid plan do than those of the free one.</summary>
    public static double Intensity(string plan) =>
        plan switch
        {
            "free" => 0.55,
            "starter" => 0.9,
            "pro" => 1.25,
            _ => 1.6,
        };

    /// <summary>A different name for every number up to 360, then numbered.</summary>
    public static string Company(int number)
    {
        var name = $"{First[number % First.Length]} {Second[number / First.Length % Second.Length]}";
        var round = number / (First.Length * Second.Length);
        return round == 0 ? name : $"{name} {round + 1}";
    }
}
