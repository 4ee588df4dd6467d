using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace Scoring.Server.Settings;

/// <summary>Finds what was meant to be a setting and stands where nobody would look for it.</summary>
internal static class SettingPlaces
{
    /// <summary>Variables of OpenTelemetry may stand in files too.</summary>
    private const string OpenTelemetry = "OTEL_";

    private static readonly string[] Sections = [ServerSettings.Section, "Logging"];
    private static readonly string[] OfLogging = ["LogLevel", "Console", "OpenTelemetry"];

    /// <summary>A line for each.</summary>
    public static IEnumerable<string> Faults(IConfigurationRoot configuration) =>
        configuration
            .Providers.SelectMany(source =>
                source switch
                {
                    JsonConfigurationProvider file => OfFile(file),
                    EnvironmentVariablesConfigurationProvider environment => OfEnvironment(environment),
                    _ => [],
                }
            )
            .Concat(
                configuration
                    .GetSection("Logging")
                    .GetChildren()
                    .Where(child => !Has(OfLogging, child.Key))
                    .Select(child => $"Unknown setting {child.Path}; known here: {string.Join(", ", OfLogging)}.")
            );

    private static IEnumerable<string> OfFile(JsonConfigurationProvider file)
    {
        var place = file.Source.FileProvider?.GetFileInfo(file.Source.Path!).PhysicalPath ?? file.Source.Path;
        return from name in Names(file)
            where !Has(Sections, name) && !name.StartsWith(OpenTelemetry, StringComparison.OrdinalIgnoreCase)
            select $"Unknown section {name} in {place}; known here: {string.Join(", ", Sections)}. Settings of the server stand in {ServerSettings.Section}.";
    }

    /// <summary>With one underscore, or with some more between words, it would be a variable of somebody else.</summary>
    private static IEnumerable<string> OfEnvironment(EnvironmentVariablesConfigurationProvider environment)
    {
        const string Prefix = "SCORING_";
        var settings = Setting.Of<ServerSettings>().Select(setting => setting.Name).ToList();
        return from name in Names(environment)
            where name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            let bare = name[Prefix.Length..].Replace("_", "", StringComparison.Ordinal)
            where Has(settings, bare)
            select $"Unknown variable {name}. Did you mean SCORING__{bare.ToUpperInvariant()}?";
    }

    private static IEnumerable<string> Names(IConfigurationProvider source) =>
        source.GetChildKeys([], null).Distinct(StringComparer.OrdinalIgnoreCase);

    private static bool Has(IEnumerable<string> names, string name) =>
        names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
