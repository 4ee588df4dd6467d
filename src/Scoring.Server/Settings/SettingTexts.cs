using System.Globalization;

namespace Scoring.Server.Settings;

/// <summary>What configuration sets, as the binder of .NET can read it: known names only, each with a text that stands for one of its values.</summary>
/// <remarks>
/// The binder alone would mix lists of several sources by index, take null for 0, pass over names below a value, and say of a wrong name only
/// its last part. Here the last source that names a list gives all of it, and null sets nothing.
/// </remarks>
internal sealed class SettingTexts
{
    private readonly IConfigurationRoot _configuration;
    private readonly Dictionary<string, string?> _texts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _faults = [];

    /// <param name="configuration">The configuration.</param>
    /// <param name="section">The section to read.</param>
    /// <param name="type">The class whose settings may be there.</param>
    public SettingTexts(IConfigurationRoot configuration, string section, Type type)
    {
        _configuration = configuration;
        Read(configuration.GetSection(section), section, type);
        Section = new ConfigurationBuilder().AddInMemoryCollection(_texts).Build().GetSection(section);
    }

    /// <summary>The section, as far as it is right.</summary>
    public IConfigurationSection Section { get; }

    /// <summary>A line for everything that is wrong.</summary>
    public IReadOnlyList<string> Faults => _faults;

    private void Read(IConfigurationSection section, string path, Type type)
    {
        RequireNoValue(section);
        foreach (var child in section.GetChildren())
        {
            var setting = SettingCatalog
                .Of(type)
                .FirstOrDefault(setting => setting.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (setting is null)
            {
                _faults.Add(SettingNames.Unknown(child.Path, SettingCatalog.Of(type)));
            }
            else if (setting.Inner is not null)
            {
                ReadNamed(child, setting, path);
            }
            else
            {
                Take(setting, child, ConfigurationPath.Combine(path, setting.Name));
            }
        }
    }

    private void ReadNamed(IConfigurationSection section, Setting setting, string path)
    {
        RequireNoValue(section);
        foreach (var child in section.GetChildren())
        {
            // In the environment names are often upper case; these never are.
            var name = child.Key.ToLowerInvariant();
            if (!setting.IsName(name))
            {
                _faults.Add(setting.Refuse($"Setting {child.Path}", name));
            }
            var place = ConfigurationPath.Combine(path, setting.Name, name);
            _texts[place] = null;
            Read(child, place, setting.Inner!);
        }
    }

    private void Take(Setting setting, IConfigurationSection section, string path)
    {
        if (!setting.IsList && section.GetChildren().FirstOrDefault() is { } inner)
        {
            _faults.Add($"Unknown setting {inner.Path}: {section.Path} is a single value.");
            return;
        }
        var text = setting.IsList ? ReadList(section) : section.Value;
        if (text is not null && setting.Accepts(text))
        {
            _texts[path] = text;
        }
        else if (text is not null)
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
}
