using System.Globalization;
using Scoring.Core.Workspaces;

namespace Scoring.Server.Settings;

/// <summary>Reads the settings from configuration: every name must be known, every value valid.</summary>
/// <remarks>
/// Later sources win. The binder of .NET would pass over unknown names and mix lists of several sources by index; here the last source
/// that names a list gives all of it.
/// </remarks>
internal sealed class SettingReader(IConfigurationRoot configuration)
{
    /// <exception cref="SettingException">A setting is unknown or wrong.</exception>
    public static ServerSettings Read(IConfigurationRoot configuration) => new SettingReader(configuration).Read();

    /// <summary>Reads a section of its own settings.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="name">The section.</param>
    /// <param name="defaults">What holds where nothing is set.</param>
    /// <param name="known">The settings by name.</param>
    /// <exception cref="SettingException">A setting is unknown or wrong.</exception>
    public static T Read<T>(
        IConfigurationRoot configuration,
        string name,
        T defaults,
        IReadOnlyDictionary<string, Setting<T>> known
    )
    {
        var section = configuration.GetSection(name);
        RequireNoValue(section);
        return new SettingReader(configuration).ApplyAll(defaults, known, section.GetChildren());
    }

    private ServerSettings Read()
    {
        var settings = new ServerSettings();
        var section = configuration.GetSection(SettingCatalog.Section);
        RequireNoValue(section);
        foreach (var child in section.GetChildren())
        {
            if (child.Key.Equals(SettingCatalog.Workspaces, StringComparison.OrdinalIgnoreCase))
            {
                settings = settings with { Workspaces = ReadWorkspaces(child) };
            }
            else if (SettingCatalog.ServerByName.TryGetValue(child.Key, out var setting))
            {
                settings = Apply(settings, setting, child);
            }
            else
            {
                throw Unknown(child, SettingCatalog.ServerByName.Keys.Append(SettingCatalog.Workspaces));
            }
        }
        CheckTogether(settings);
        CheckTls(settings);
        return settings;
    }

    private IReadOnlyList<WorkspaceSettings> ReadWorkspaces(IConfigurationSection section)
    {
        RequireNoValue(section);
        var workspaces = new SortedDictionary<string, WorkspaceSettings>(StringComparer.Ordinal)
        {
            [WorkspaceSettings.DefaultName] = new WorkspaceValues().Named(WorkspaceSettings.DefaultName),
        };
        foreach (var child in section.GetChildren())
        {
            RequireNoValue(child);
            // Names in the environment are often upper case; those of workspaces never are.
            var name = Parse(child, child.Key.ToLowerInvariant(), SettingText.Name);
            var values = ApplyAll(new WorkspaceValues(), SettingCatalog.WorkspaceByName, child.GetChildren());
            workspaces[name] = values.Named(name);
        }
        return [.. workspaces.Values];
    }

    private T ApplyAll<T>(
        T target,
        IReadOnlyDictionary<string, Setting<T>> known,
        IEnumerable<IConfigurationSection> sections
    ) =>
        sections.Aggregate(
            target,
            (settings, section) =>
                known.TryGetValue(section.Key, out var setting)
                    ? Apply(settings, setting, section)
                    : throw Unknown(section, known.Keys)
        );

    private T Apply<T>(T target, Setting<T> setting, IConfigurationSection section)
    {
        var text = setting.IsList ? ReadList(section) : section.Value;
        if (!setting.IsList && section.GetChildren().FirstOrDefault() is { } inner)
        {
            throw new SettingException($"Unknown setting {inner.Path}: {section.Path} is a single value.");
        }
        return text is null ? target : Parse(section, text, value => setting.Apply(target, value));
    }

    /// <summary>The list that the last source which names it gives, with commas between its items; null when none does.</summary>
    private string? ReadList(IConfigurationSection section)
    {
        foreach (var source in configuration.Providers.Reverse())
        {
            var items = source.GetChildKeys([], section.Path).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            if (items.Count > 0)
            {
                return string.Join(
                    ',',
                    items.Select(key => Item(source, ConfigurationPath.Combine(section.Path, key)))
                );
            }
            if (source.TryGet(section.Path, out var text))
            {
                return text ?? "";
            }
        }
        return null;
    }

    private static string Item(IConfigurationProvider source, string path)
    {
        var isIndex = int.TryParse(ConfigurationPath.GetSectionKey(path), CultureInfo.InvariantCulture, out _);
        return
            isIndex
            && source.TryGet(path, out var text)
            && text is { Length: > 0 }
            && !text.Contains(',', StringComparison.Ordinal)
            ? text
            : throw new SettingException(
                $"Setting {path} is no item of a list: items are texts without commas, not empty."
            );
    }

    private static T Parse<T>(IConfigurationSection section, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException error)
        {
            throw new SettingException($"Setting {section.Path} is '{Shortened(text)}' but {error.Message}.");
        }
    }

    private static void CheckTogether(ServerSettings settings)
    {
        if (settings.DuplicateWindowMaximum < settings.DuplicateWindowMinimum)
        {
            throw new SettingException(
                $"Setting Scoring:DuplicateWindowMaximum is {settings.DuplicateWindowMaximum} but must be at least Scoring:DuplicateWindowMinimum, {settings.DuplicateWindowMinimum}."
            );
        }
        if (settings.GrpcEndpoint.Port != 0 && settings.GrpcEndpoint.Equals(settings.PlainHttpEndpoint))
        {
            throw new SettingException(
                $"Setting Scoring:HttpEndpoint is {settings.PlainHttpEndpoint} but must differ from Scoring:GrpcEndpoint."
            );
        }
    }

    private static void CheckTls(ServerSettings settings)
    {
        Require(settings.TlsCertificate, "TlsCertificate", "TlsKey", settings.TlsKey);
        Require(settings.TlsKey, "TlsKey", "TlsCertificate", settings.TlsCertificate);
        Require(settings.TlsClientCa, "TlsClientCa", "TlsCertificate", settings.TlsCertificate);
        Require(settings.TlsClientCrl, "TlsClientCrl", "TlsClientCa", settings.TlsClientCa);

        static void Require(string value, string name, string neededName, string needed)
        {
            if (value.Length > 0 && needed.Length == 0)
            {
                throw new SettingException($"Setting Scoring:{neededName} is missing; Scoring:{name} needs it.");
            }
        }
    }

    private static void RequireNoValue(IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            throw new SettingException(
                $"Setting {section.Path} is '{Shortened(section.Value)}' but holds further settings, not a value."
            );
        }
    }

    private static SettingException Unknown(IConfigurationSection section, IEnumerable<string> known) =>
        new($"Unknown setting {section.Path}; known here: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");

    private static string Shortened(string text)
    {
        var printable = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
        return printable.Length <= 100 ? printable : printable[..100] + "...";
    }
}
