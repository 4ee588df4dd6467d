using System.Globalization;
using Scoring.Core.Names;
using Scoring.Server.Settings.Rules;

namespace Scoring.Server.Settings;

/// <summary>Reads the settings from configuration: every name must be known, every value valid. All that is wrong is told at once.</summary>
/// <remarks>
/// The binder of .NET would mix lists of several sources by index, take null for 0, pass over names below a value, and say of a wrong name only
/// its last part. Here the last source that names a list gives all of it, and null sets nothing.
/// </remarks>
internal sealed class SettingReader
{
    private const string Workspaces = nameof(ServerSettings.Workspaces);

    private static readonly NameAttribute WorkspaceName = new();

    private readonly IConfigurationRoot _configuration;
    private readonly ServerSettings _settings = new();
    private readonly List<string> _faults = [];

    private SettingReader(IConfigurationRoot configuration) => _configuration = configuration;

    /// <summary>Reads the section <see cref="ServerSettings.Section"/>.</summary>
    /// <exception cref="SettingException">A setting is unknown or wrong.</exception>
    public static ServerSettings Read(IConfigurationRoot configuration)
    {
        var reader = new SettingReader(configuration);
        reader.Read(configuration.GetSection(ServerSettings.Section), reader._settings, [Workspaces]);
        if (reader._faults.Count == 0)
        {
            reader._faults.AddRange(SettingFaults.Of(reader._settings));
        }
        return reader._faults.Count == 0
            ? reader._settings
            : throw new SettingException(string.Join('\n', reader._faults));
    }

    /// <param name="section">The section.</param>
    /// <param name="target">Has the settings.</param>
    /// <param name="sections">Names of sections that may be there as well.</param>
    private void Read(IConfigurationSection section, object target, params string[] sections)
    {
        RequireNoValue(section);
        var known = Setting.Of(target.GetType());
        foreach (var child in section.GetChildren())
        {
            if (known.FirstOrDefault(setting => IsCalled(child, setting.Name)) is { } setting)
            {
                Take(setting, child, target);
            }
            else if (sections.Any(name => IsCalled(child, name)))
            {
                ReadWorkspaces(child);
            }
            else
            {
                _faults.Add(Unknown(child.Path, [.. known.Select(setting => setting.Name), .. sections]));
            }
        }
    }

    private void ReadWorkspaces(IConfigurationSection section)
    {
        RequireNoValue(section);
        foreach (var child in section.GetChildren())
        {
            // In the environment names are often upper case; these never are.
            var name = child.Key.ToLowerInvariant();
            if (!WorkspaceName.IsValid(name))
            {
                _faults.Add(
                    $"Setting {child.Path} is '{Setting.Shown(name)}' but must be {WorkspaceName.FormatErrorMessage(name)}."
                );
            }
            Read(child, _settings.WorkspaceValues[name] = new WorkspaceValues());
        }
    }

    private void Take(Setting setting, IConfigurationSection section, object target)
    {
        if (!setting.IsList && section.GetChildren().FirstOrDefault() is { } inner)
        {
            _faults.Add($"Unknown setting {inner.Path}: {section.Path} is a single value.");
            return;
        }
        if ((setting.IsList ? ReadList(section) : section.Value) is not { } text)
        {
            return;
        }
        if (setting.TryRead(text, out var value))
        {
            setting.Set(target, value);
        }
        else
        {
            _faults.Add(setting.Refuse($"Setting {section.Path}", text));
        }
    }

    /// <summary>The list that the last source which names it gives, with commas between its items; null when none does, or it is wrong.</summary>
    private string? ReadList(IConfigurationSection section)
    {
        foreach (var source in _configuration.Providers.Reverse())
        {
            var keys = source.GetChildKeys([], section.Path).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            if (keys.Count > 0)
            {
                return Join(source, [.. keys.Select(key => ConfigurationPath.Combine(section.Path, key))]);
            }
            if (source.TryGet(section.Path, out var text) && text is not null)
            {
                return text;
            }
        }
        return null;
    }

    private string? Join(IConfigurationProvider source, string[] paths)
    {
        var items = paths.Select(path => source.TryGet(path, out var text) ? text : null).ToList();
        var wrong = paths
            .Zip(items)
            .Where(item =>
                !int.TryParse(ConfigurationPath.GetSectionKey(item.First), CultureInfo.InvariantCulture, out _)
                || string.IsNullOrEmpty(item.Second)
                || item.Second.Contains(',', StringComparison.Ordinal)
            )
            .Select(item => $"Setting {item.First} is no item of a list: items are texts without commas, not empty.")
            .ToList();
        _faults.AddRange(wrong);
        return wrong.Count == 0 ? string.Join(',', items) : null;
    }

    private void RequireNoValue(IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            _faults.Add(
                $"Setting {section.Path} is '{Setting.Shown(section.Value)}' but holds further settings, not a value."
            );
        }
    }

    private static bool IsCalled(IConfigurationSection section, string name) =>
        section.Key.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Says of a name that nothing has which ones there are, and which one may have been meant.</summary>
    private static string Unknown(string path, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToList();
        var advice = new NearestTexts(ConfigurationPath.GetSectionKey(path), names).Nearest is { } nearest
            ? $" Did you mean {ConfigurationPath.Combine(ConfigurationPath.GetParentPath(path)!, nearest)}?"
            : "";
        return $"Unknown setting {path}; known here: {string.Join(", ", names)}.{advice}";
    }
}
