using System.Reflection;

namespace Scoring.Cluster.Tests.Traps;

/// <summary>What all grains have in common.</summary>
public sealed class StructureSpecs
{
    private static readonly Type[] Types =
    [
        .. typeof(ClusterOptions)
            .Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("Scoring.Cluster", StringComparison.Ordinal) == true),
    ];

    private const StringComparison Comparison = StringComparison.Ordinal;

    private static IEnumerable<Type> Grains => Types.Where(type => typeof(Grain).IsAssignableFrom(type));

    [Fact]
    public void Nothing_is_done_when_a_grain_is_deactivated_as_a_silo_that_dies_would_not_do_it()
    {
        Assert.NotEmpty(Grains);
        Assert.DoesNotContain(Grains, type => Declares(type, "OnDeactivateAsync"));
    }

    [Fact]
    public void Nothing_is_stored_by_whoever_has_a_timer_as_a_silo_that_dies_would_not_come_to_it()
    {
        string[] timers = ["RegisterGrainTimer", "RegisterTimer", "PeriodicTimer", "new Timer(", "CreateTimer("];
        string[] stores = ["WriteStateAsync", "CustomerWriter", "DocumentTable", "PersistentState", ".WriteAsync("];
        var sources = Directory
            .GetFiles(Path.Combine(Repository.Root, "src", "Scoring.Orleans"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", Comparison))
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);

        var withTimers = sources.Where(source => timers.Any(word => source.Value.Contains(word, Comparison))).ToList();

        Assert.Equal(
            ["SegmentShardGrain", "SummaryOutbox"],
            withTimers.Select(source => source.Key).Order(StringComparer.Ordinal)
        );
        Assert.All(
            withTimers,
            source => Assert.DoesNotContain(stores, word => source.Value.Contains(word, Comparison))
        );
        Assert.Contains(sources.Values, source => source.Contains("WriteStateAsync", Comparison));
    }

    [Fact]
    public void Grains_keep_their_type_names_whatever_their_classes_are_called() =>
        Assert.All(Grains, type => Assert.NotNull(type.GetCustomAttribute<GrainTypeAttribute>()));

    [Fact]
    public void Whatever_is_sent_keeps_its_name_and_the_ids_of_its_fields()
    {
        var sent = Types.Where(type =>
            type.IsDefined(typeof(GenerateSerializerAttribute))
            || (type.IsInterface && typeof(IAddressable).IsAssignableFrom(type))
        );
        Assert.NotEmpty(sent);
        Assert.All(sent, type => Assert.NotNull(type.GetCustomAttribute<AliasAttribute>()));
        var methods = sent.Where(type => type.IsInterface).SelectMany(type => type.GetMethods());
        Assert.All(methods, method => Assert.NotNull(method.GetCustomAttribute<AliasAttribute>()));
    }

    private static bool Declares(Type type, string method) =>
        type.GetMethod(method, BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly) is not null;
}
