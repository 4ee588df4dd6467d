namespace Scoring.Server.Settings;

/// <summary>Where settings come from; later sources win.</summary>
internal static class SettingSources
{
    private const string FileName = "appsettings.json";

    /// <summary>Sections that a name on the command line may begin with.</summary>
    private static readonly string[] Sections = [ServerSettings.Section, "Logging"];

    /// <summary>
    /// appsettings.json beside the program, appsettings.json in the current directory, the environment (SCORING__MAXBATCH), the command
    /// line (--Scoring:MaxBatch=5000 or --MaxBatch 5000).
    /// </summary>
    /// <exception cref="SettingException">A file is no JSON, an argument is no setting, or a name stands where no setting is looked for.</exception>
    public static IConfigurationRoot Build(IReadOnlyList<string> arguments)
    {
        var builder = new ConfigurationBuilder();
        string[] files = [Path.Combine(AppContext.BaseDirectory, FileName), Path.GetFullPath(FileName)];
        foreach (var file in files.Distinct(StringComparer.Ordinal))
        {
            builder.AddJsonFile(file, optional: true, reloadOnChange: false);
        }
        builder.AddEnvironmentVariables();
        builder.AddInMemoryCollection(ReadArguments(arguments));
        IConfigurationRoot configuration;
        try
        {
            configuration = builder.Build();
        }
        catch (Exception error)
            when (error is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            var reason = error.InnerException?.InnerException ?? error.InnerException;
            throw new SettingException(OneLine($"{error.Message} {reason?.Message}"));
        }
        var misplaced = SettingPlaces.Faults(configuration).ToList();
        return misplaced.Count == 0 ? configuration : throw new SettingException(string.Join('\n', misplaced));
    }

    internal static Dictionary<string, string?> ReadArguments(IReadOnlyList<string> arguments)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal) || argument.Length == 2)
            {
                throw new SettingException(
                    $"Unknown argument '{OneLine(argument)}'; settings are given as --Name=value."
                );
            }
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument[2..] : argument[2..equals];
            var hasNext = i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            var value =
                equals >= 0 ? argument[(equals + 1)..]
                : hasNext ? arguments[++i]
                : IsSwitch(FullName(name)) ? "true"
                : throw new SettingException($"Setting --{OneLine(name)} has no value; write --{OneLine(name)}=value.");
            settings[FullName(name)] = value;
        }
        return settings;
    }

    /// <summary>Whether a name alone says that something is so.</summary>
    private static bool IsSwitch(string path) =>
        Setting
            .Of<ServerSettings>()
            .Any(setting =>
                setting.IsSwitch
                && path.Equals($"{ServerSettings.Section}:{setting.Name}", StringComparison.OrdinalIgnoreCase)
            );

    /// <summary>The path of a setting; the section's name may be left out.</summary>
    private static string FullName(string name)
    {
        var isFull = Sections.Any(section => name.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase));
        return isFull ? name : ConfigurationPath.Combine(ServerSettings.Section, name);
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.TrimEntries)).Trim();
}
